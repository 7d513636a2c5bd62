package intents

// historyKind is the question what happened, and who did it.
var historyKind = kind{Kind{Intent: History, About: "Earlier runs, and who did or decided what, when, how often.", Examples: []Example{
	{"en", "Show the history of my CRM task"},
	{"en", "who approved the CRM task?"},
	{"en", "how often was CRM restarted?"},
	{"en", "when was CRM cancelled?"},
	{"pt", "histórico da CRM"},
	{"pt", "quem aprovou a CRM?"},
	{"es", "historial de CRM"},
	{"es", "¿quién aprobó la CRM?"},
	{"de", "Verlauf von CRM"},
	{"de", "wer hat CRM abgebrochen?"},
	{"fr", "historique de CRM"},
	{"fr", "qui a approuvé CRM ?"},
}}, []cue{
	{4, func(v view) bool { return v.has.has(historyWord) }},
	{4, func(v view) bool { return v.has.has(who) && (v.doing() || v.anchor || v.pronoun) }},
	{4, func(v view) bool { return v.has.has(when) && v.doing() }},
	{3, func(v view) bool { return v.has.has(howOften) }},
}}
