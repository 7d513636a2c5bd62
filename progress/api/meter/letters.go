package meter

import "context"

// Letters is what a server knows of the letters that it has to deliver.
type Letters struct {
	Channels, Classes, States []string // that there are, the states only those that end a letter

	// Waiting is how many are due, by class; it may leave out classes without any.
	Waiting func(context.Context) (map[string]int, error)
}

// WatchLetters has the backlog counted from now on, and every way in which a letter
// can end shown before one has, so that the first is seen as a rise from 0. The error
// is that of a second call.
func (m *Meter) WatchLetters(l Letters) error {
	for _, channel := range l.Channels {
		for _, class := range l.Classes {
			for _, state := range l.States {
				m.settled.WithLabelValues(channel, class, state)
			}
		}
	}
	return m.registry.Register(l.backlog())
}

func (l Letters) backlog() *reading {
	waiting := &tally[string]{count: l.Waiting}
	return gauge("herald_letters_waiting", "Letters that are due, by class, of the oldest 10,000; counted at most every ten seconds.", func(tell tell) error {
		counts, err := waiting.read()
		for _, class := range l.Classes {
			if err == nil {
				tell(float64(counts[class]), class)
			}
		}
		return err
	}, "class")
}
