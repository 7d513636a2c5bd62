package intents

// helpKind is the question what can be said or done.
var helpKind = kind{Kind{Intent: Help, About: "What can be said, and what an act would do.", Examples: []Example{
	{"en", "help"},
	{"en", "what can you do?"},
	{"en", "How do I cancel a task?"},
	{"en", "what happens if I restart it?"},
	{"en", "can one skip a step?"},
	{"pt", "ajuda"},
	{"pt", "como faço para cancelar uma tarefa?"},
	{"es", "ayuda"},
	{"es", "¿cómo hago para cancelar una tarea?"},
	{"de", "hilfe"},
	{"de", "wie kann ich einen Task abbrechen?"},
	{"fr", "aide"},
	{"fr", "comment on fait pour annuler une tâche ?"},
}}, []cue{
	{2, func(v view) bool { return v.has.has(howTo) }},
	{5, func(v view) bool {
		return v.has.has(howTo) && (v.doing() || v.has.any(setOf(tellWord, noticeWord, mute, follow, logsWord, historyWord, listWord)))
	}},
	{3, func(v view) bool { return v.has.has(helpWord) }},
	{4, func(v view) bool { // how you skip a step
		return v.has.has(how) && v.doing() && !v.has.any(setOf(statusWord, howLong, howOften))
	}},
	{5, func(v view) bool { // can tasks be paused?
		return v.leads && v.said && !v.refs && !v.pronoun && v.has.has(plural)
	}},
}}
