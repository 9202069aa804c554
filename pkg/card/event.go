package card

// An EventKind says what happened to the readers.
type EventKind uint8

// The kinds of events. The numbers are the wire's of cardpipe; a retired one stays reserved.
const (
	// ReaderAdded: a reader was plugged in, or was there when watching began.
	ReaderAdded EventKind = 1
	// ReaderRemoved: a reader was unplugged; its card went with it.
	ReaderRemoved EventKind = 2
	// CardInserted: a card lies in the reader and answers.
	CardInserted EventKind = 3
	// CardRemoved: the card left the reader.
	CardRemoved EventKind = 4
	// CardMute: a card lies in the reader and does not answer: upside down, damaged, or no smart card.
	CardMute EventKind = 5
	// ServiceDown: the reader service is gone. All readers and cards that were announced are forgotten; after
	// ServiceUp they are announced again.
	ServiceDown EventKind = 6
	// ServiceUp: the reader service answers.
	ServiceUp EventKind = 7
)

var eventNames = [...]string{
	ReaderAdded: "reader added", ReaderRemoved: "reader removed", CardInserted: "card inserted",
	CardRemoved: "card removed", CardMute: "card mute", ServiceDown: "service down", ServiceUp: "service up",
}

// String names the kind for a log.
func (k EventKind) String() string {
	if int(k) < len(eventNames) && eventNames[k] != "" {
		return eventNames[k]
	}
	return "unknown event"
}

// An Event says what happened to which reader.
type Event struct {
	Kind   EventKind
	Reader string // the reader's PC/SC name; empty for ServiceDown and ServiceUp
}

// A Watcher is told what happens to the readers, by one goroutine.
type Watcher interface {
	// Event is called once for each event, in order.
	Event(Event)
	// Readers names all readers there are. It is called at least every five seconds, as a sign of life.
	Readers(names []string)
}
