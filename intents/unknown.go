package intents

// unknownKind is a message that is about something else.
var unknownKind = kind{Kind: Kind{Intent: Unknown, About: "Nothing that Herald does.", Examples: []Example{
	{"en", "what's for lunch?"},
	{"en", "cancel my gym membership"},
	{"en", "turn the lights off"},
	{"pt", "que horas abre o mercado?"},
	{"es", "cancela mi reserva del hotel"},
	{"de", "wer bringt morgen Kuchen mit?"},
	{"fr", "bon appétit à tous !"},
}}}
