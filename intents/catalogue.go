package intents

// kind is a row of the catalogue, with the cues by which a question is known.
type kind struct {
	Kind

	cues []cue
}

// cue is a hint that something is asked, with the points that it gives.
type cue struct {
	points int
	in     func(v view) bool
}

// catalogue lists all that can be meant. Of questions with as many points the first is taken.
var catalogue = [...]*kind{
	&helpKind, &historyKind, &etaKind, &logsKind, &listKind, &statusKind,
	&cancelKind, &restartKind, &pauseKind, &resumeKind, &approveKind, &rejectKind, &retryKind, &skipKind,
	&subscribeKind, &unsubscribeKind, &clarifyKind, &unknownKind,
}

// Catalogue lists what a message can mean, with examples.
func Catalogue() []Kind {
	out := make([]Kind, len(catalogue))
	for i, k := range catalogue {
		out[i] = k.Kind
	}
	return out
}

// points are what the cues say for a question.
func (k *kind) points(v view) (sum int) {
	for _, c := range k.cues {
		if c.in(v) {
			sum += c.points
		}
	}
	return sum
}
