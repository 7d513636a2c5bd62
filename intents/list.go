package intents

// listKind is the question which tasks there are.
var listKind = kind{Kind{Intent: List, About: "All tasks, or those in one state.", Examples: []Example{
	{"en", "list my tasks"},
	{"en", "what's running?"},
	{"en", "which tasks have failed?"},
	{"en", "is there anything waiting for my approval?"},
	{"pt", "lista minhas tarefas"},
	{"pt", "o que está rodando?"},
	{"es", "lista mis tareas"},
	{"es", "¿qué tareas están en curso?"},
	{"de", "zeig mir alle Tasks"},
	{"de", "was läuft gerade alles?"},
	{"fr", "liste mes tâches"},
	{"fr", "quelles tâches ont échoué ?"},
}}, []cue{
	{3, func(v view) bool { return v.has.has(listWord) }},
	{3, func(v view) bool { return v.has.any(setOf(state, badWord)) && v.has.any(setOf(plural, which)) }},
	{3, func(v view) bool { return v.has.any(setOf(which, listWord)) && v.has.has(state) }},
	{3, func(v view) bool { // what is on hold?
		return v.has.has(what) && v.has.has(state) && !v.refs && !v.pronoun
	}},
	{3, func(v view) bool { // what tasks do I have?
		return v.has.has(plural) && (v.has.any(setOf(what, which, listWord)) || v.leads) && !v.refs
	}},
	{-3, func(v view) bool { return v.refs }},
}}
