package notify

import "slices"

// Decides is the step whose decision the buttons of a question may take, 0 for none. A room
// gets them, where whoever presses one has to have the right; one person gets those that
// they may use; and nobody does once what would be decided is not what is shown. It is of a
// letter about an approval that is needed.
func (m *Message) Decides() int {
	at, asks := m.Task.Asking(m.Event.Data.Approval.ID)
	if !asks || !m.Vouched && !slices.ContainsFunc(m.Asks, func(a Ask) bool { return a.Step == at }) {
		return 0
	}
	return at
}
