package templates

import "github.com/taskherald/herald/progress"

// sceneAccounts is the page of chat accounts.
const sceneAccounts = "https://herald.example.com/accounts"

// strangersAnswers are about chat accounts, and what is said to those whose nobody has linked.
func strangersAnswers() []SceneAnswer {
	unknown := func(a Answer) Answer {
		a.Stranger, a.Accounts = true, sceneAccounts
		return a
	}
	return []SceneAnswer{
		answerAt("stranger_press", unknown(Answer{About: TopicStranger, Verb: progress.VerbApprove, Intent: "approve"})),
		answerAt("stranger_logs", unknown(Answer{About: TopicStranger, Intent: "logs"})),
		answerAt("stranger_help", unknown(Answer{About: TopicHelp, Tasks: several(running())})),
		answerOf("stranger_status", running(), 0, unknown(Answer{About: TopicStatus})),
		answerAt("stranger_code", unknown(Answer{About: TopicStranger, Refusal: refusal(progress.Invalid)})),
		answerAt("stranger_codes", unknown(Answer{About: TopicStranger, Refusal: refusal(progress.Limited)})),
		answerAt("stranger_full", unknown(Answer{About: TopicStranger, Refusal: refusal(progress.Conflict)})),
		answerAt("linked", Answer{About: TopicLinked, You: "<b>ann"}),
		answerAt("unlinked", Answer{About: TopicUnlinked}),
		answerAt("unlinked_none", unknown(Answer{About: TopicUnlinked})),
	}
}
