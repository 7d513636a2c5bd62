// Package bottest is conversations that every way to talk with the bot has to hold: scripts
// in words, played against a real bot on a real engine and database.
//
//	func TestConversations(t *testing.T) { bottest.Run(t, nil) }
//
// A platform plays them through its own far side: it gives an [Ear] that posts what is said
// there, and returns what came back.
//
// # Scripts
//
// Each conversation begins with a line "== what it shows" and stands for itself. Its lines:
//
//	person ann operate approve group=ops lang=de all   somebody, and their rights
//	stranger eve shown=crm,erp                         somebody unlinked, and what the room was shown
//	task crm "Store CRM" steps=Plan,Build owner=ann    a task; by, controls
//	worker crm at 2 65                                 its worker reports: starts, at, done,
//	worker crm fails 2 "disk full"                     fails, asks, prints
//	worker crm asks 2 approvers=ann,bob quorum=2 risk=high prompt="Deploy?"
//	bob does cancel crm                                somebody acts elsewhere
//	ann: how's my crm task going?                      somebody says something
//	ann in t1 on crm: and the logs?                    in a thread, on a task's page, at a room
//	ann: cancel {crm}                                  by the id of a task
//	ann overheard in t1: cancel it                     to others, in a thread of the bot's
//	ann again                                          their last message is delivered again
//	card crm                                           a card is shown, with a button for each verb
//	ann presses Yes                                    the newest button whose label has that
//	ann presses reject reason="wrong data"             with a reason
//	bot confirm: cancel … CRM                          the answer: its topic, and what it says
//	bot: 65%                                           the same, of whatever topic
//	bot says nothing
//	buttons: Yes | No                                  its buttons: all, and in that order
//	= crm cancelled run=1 by=ann via=chat              how the task stands
//	unchanged                                          no task has changed since it was said
//	… 20 minutes later                                 time passes
//	restart                                            the server is started anew
//
// Texts match in any case, and in their order where there are several with "…" between.
// What is in no answer stands behind "not": "bot status: 65% … not cancelled".
//
// What a platform has no way to say, its Ear names with the reason (Unable): the conversation
// ends there, and the test says so.
package bottest
