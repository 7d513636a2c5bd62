package intents

// etaKind is the question how long it takes.
var etaKind = kind{Kind{Intent: ETA, About: "How long a task still takes.", Examples: []Example{
	{"en", "eta for CRM?"},
	{"en", "when will my CRM task be done?"},
	{"en", "how much longer does CRM take?"},
	{"pt", "quanto falta para a CRM?"},
	{"es", "¿cuando termina CRM?"},
	{"de", "wie lange dauert CRM noch?"},
	{"fr", "encore combien de temps pour CRM ?"},
}}, []cue{
	{4, func(v view) bool { return v.has.has(etaWord) }},
	{4, func(v view) bool { return v.has.has(when) && v.has.has(endWord) }},
	{3, func(v view) bool { return v.has.has(howLong) }},
}}
