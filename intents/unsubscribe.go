package intents

// unsubscribeKind is a message that wants to be told no more.
var unsubscribeKind = kind{Kind: Kind{Intent: Unsubscribe, About: "To be told no more of a task, or of anything.", Examples: []Example{
	{"en", "mute CRM"},
	{"en", "stop pinging me about CRM"},
	{"en", "no more updates on CRM please"},
	{"pt", "para de me avisar sobre a CRM"},
	{"es", "deja de avisarme de CRM"},
	{"de", "keine Benachrichtigungen mehr zu CRM"},
	{"fr", "arrête de m'envoyer des notifs pour CRM"},
}}}
