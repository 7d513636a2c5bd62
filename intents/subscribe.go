package intents

// subscribeKind is a message that wants to be told.
var subscribeKind = kind{Kind: Kind{Intent: Subscribe, About: "To be told of a task, or of all.", Examples: []Example{
	{"en", "let me know when CRM is done"},
	{"en", "follow CRM"},
	{"en", "unmute CRM"},
	{"en", "tell me if CRM fails"},
	{"pt", "me avisa quando a CRM terminar"},
	{"es", "avísame cuando termine CRM"},
	{"de", "sag Bescheid, wenn CRM fertig ist"},
	{"fr", "préviens-moi quand CRM est finie"},
}}}
