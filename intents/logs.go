package intents

// logsKind is the question for a task's output, or why it failed.
var logsKind = kind{Kind{Intent: Logs, About: "The last lines of a task's output, errors first, and why it failed.", Examples: []Example{
	{"en", "Show logs for my CRM task"},
	{"en", "why did CRM fail?"},
	{"en", "what went wrong with CRM?"},
	{"en", "last 20 lines of CRM"},
	{"pt", "mostra os logs da CRM"},
	{"pt", "por que a CRM falhou?"},
	{"es", "muéstrame los logs de CRM"},
	{"es", "¿por qué falló CRM?"},
	{"de", "zeig die Logs von CRM"},
	{"de", "warum ist CRM fehlgeschlagen?"},
	{"fr", "montre les logs de CRM"},
	{"fr", "pourquoi CRM a échoué ?"},
}}, []cue{
	{4, func(v view) bool { return v.has.has(logsWord) }},
	{5, func(v view) bool {
		return v.has.has(why) && (v.has.any(setOf(badWord, state, pronoun)) || v.doing() || v.refs)
	}},
	{6, func(v view) bool { return v.has.any(setOf(what, which)) && v.has.has(badWord) && (v.refs || v.anchor) }},
	{3, func(v view) bool { return v.has.has(linesWord) && !v.act }},
}}
