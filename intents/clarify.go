package intents

// clarifyKind is a message that has an act in it that nobody may do yet.
var clarifyKind = kind{Kind: Kind{Intent: Clarify, About: "An act is understood, but it is negated, conditional, for later, only told, or not plainly asked for: the bot asks.", Examples: []Example{
	{"en", "don't cancel my CRM task"},
	{"en", "cancel CRM if it fails"},
	{"en", "should I restart CRM?"},
	{"en", "restart CRM tonight"},
	{"en", "ok"},
	{"pt", "não cancela a CRM"},
	{"es", "no cancelen CRM"},
	{"de", "CRM bitte nicht abbrechen"},
	{"fr", "n'annule pas CRM"},
}}}
