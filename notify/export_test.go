package notify

// AtHand is how much a notifier has in memory.
func (n *Notifier) AtHand() (lanes, letters, cards, watched int) {
	d := n.desk
	d.door.Lock()
	defer d.door.Unlock()
	for _, l := range d.lanes {
		l.mu.Lock()
		letters, cards = letters+len(l.letters), cards+len(l.cards)
		l.mu.Unlock()
	}
	return len(d.lanes), letters, cards, len(d.watched)
}
