package intents

// statusKind is the question how a task stands.
var statusKind = kind{Kind{Intent: Status, About: "How a task stands.", Examples: []Example{
	{"en", "How's my CRM task going?"},
	{"en", "is CRM done yet?"},
	{"en", "status of CRM"},
	{"en", "was the CRM task cancelled?"},
	{"en", "CRM?"},
	{"pt", "como está a CRM?"},
	{"pt", "a CRM já terminou?"},
	{"es", "¿cómo va CRM?"},
	{"es", "¿ya terminó CRM?"},
	{"de", "wie steht es um CRM?"},
	{"de", "ist CRM schon fertig?"},
	{"fr", "où en est CRM ?"},
	{"fr", "est-ce que CRM est terminée ?"},
}}, []cue{
	{2, func(v view) bool { return v.has.has(statusWord) }},
	{3, func(v view) bool { // is it done? was it cancelled?
		return v.leads && (v.doing() || v.has.any(stateWords) || v.refs || v.pronoun) && !v.has.any(plainer)
	}},
	{2, func(v view) bool { return v.refs && v.has.any(stateWords) && (v.asked || !v.said) }},
	{2, func(v view) bool { return v.pronoun && v.asked && v.has.any(stateWords) }},
	{1, func(v view) bool { return v.refs && v.asked }},
	{3, func(v view) bool { // the report was rejected?
		return v.refs && v.asked && v.said && v.has.has(isIt) && !v.leads && !v.has.any(plainer)
	}},
	{2, func(v view) bool { return v.has.has(how) && (v.refs || v.pronoun) }},
}}
