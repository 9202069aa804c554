package session

import "github.com/kioskd/kioskd/internal/terminal/session/times"

// State is where a visit stands. Each has one screen, one time-out and a way out.
type State uint8

// The states of design §3, in the order of a visit.
const (
	Attract State = iota // K01: nobody is here
	ServiceClosed
	OutOfService
	Consent
	Language
	Scope
	PlaceCard
	ReadingCard // the card is probed and the centre is asked for a challenge
	LastTry     // one PIN try is left: a warning before the pad
	EnterPIN
	Authenticating // PIN verified, challenge signed, centre asked
	RemoveCard
	Holder // "this is you": the municipality's picture of the holder line
	SelectCertificate
	SelectDetails
	SelectMembers
	Copies
	Confirm
	HonsekiRegister   // K20: the home municipality's 戸籍 is asked for (利用登録)
	HonsekiRegistered // K21: the number of that request
	Requesting        // the municipality decides and makes the pages
	Checking          // pages verified and rendered dry
	Pay
	Settling // no coin in flight any more; the price is fixed in escrow
	Printing
	GivingChange
	TakePaper
	Finish
	Returning // the same coins come back from escrow
	Refused   // K91: one reason, one next step; money is settled
	StaffNeeded
	Maintenance // a clerk works at the machine; nobody is served
	Wiping
	PlaceAgain   // another certificate is wanted: the same card must be placed again
	ReadingAgain // it is compared in memory, and the next application is opened under the same assertion
	SlipWaits    // nobody said that the number of what is owed was read: it stands until somebody does, without the code
	GiveBack     // after a start: a visit was cut off moments ago and its coins are still in escrow
	numStates
)

// Phase groups states; each phase has its own table file and its own diagram.
type Phase uint8

// The phases of design §3.
const (
	PhaseIdle Phase = iota
	PhaseBegin
	PhaseIdentity
	PhaseChoose
	PhaseRegister
	PhaseObtain
	PhasePay
	PhasePrint
	PhaseEnd
	PhaseStaff
	numPhases
)

var phaseNames = [numPhases]string{
	"idle", "begin", "identity", "choose", "register", "obtain", "pay", "print", "end", "staff",
}

func (p Phase) String() string { return phaseNames[p] }

// stateInfo is what every state must say of itself; a test walks it.
type stateInfo struct {
	phase    Phase
	screen   string // id of the screen, and the prefix of its text ids
	idle     int    // seconds without a touch before the countdown; 0: the time-out is the act's own
	act      int    // seconds after which TimedOut comes without a countdown; 0: idle rules
	step     int    // 1 to 5: the bar of the header; 0: none
	cancel   bool   // the resident may end the visit here
	money    bool   // coins may be held in escrow
	personal bool   // personal data may be held
}

var states = [numStates]stateInfo{
	Attract:           {PhaseIdle, "attract", 0, 3600, 0, false, false, false},
	ServiceClosed:     {PhaseIdle, "service_closed", 0, 3600, 0, false, false, false},
	OutOfService:      {PhaseIdle, "out_of_service", 0, 3600, 0, false, false, false},
	Consent:           {PhaseBegin, "consent", times.IdleBeforeCard, 0, 1, true, false, false},
	Language:          {PhaseBegin, "language", times.IdleBeforeCard, 0, 1, true, false, false},
	Scope:             {PhaseBegin, "scope", times.IdleBeforeCard, 0, 1, true, false, false},
	PlaceCard:         {PhaseIdentity, "place_card", times.IdleBeforeCard, 0, 2, true, false, false},
	ReadingCard:       {PhaseIdentity, "reading_card", 0, 30, 2, true, false, true},
	LastTry:           {PhaseIdentity, "last_try", times.IdleBeforeCard, 0, 2, true, false, true},
	EnterPIN:          {PhaseIdentity, "enter_pin", times.IdleBeforeCard, 0, 2, true, false, true},
	Authenticating:    {PhaseIdentity, "authenticating", 0, times.AuthLimit, 2, false, false, true},
	RemoveCard:        {PhaseIdentity, "remove_card", times.IdleBeforeCard, 0, 2, true, false, true},
	Holder:            {PhaseIdentity, "holder", times.IdleAfterCard, 0, 2, true, false, true},
	SelectCertificate: {PhaseChoose, "select_certificate", times.IdleAfterCard, 0, 3, true, false, true},
	SelectDetails:     {PhaseChoose, "select_details", times.IdleAfterCard, 0, 3, true, false, true},
	SelectMembers:     {PhaseChoose, "select_members", times.IdleAfterCard, 0, 3, true, false, true},
	Copies:            {PhaseChoose, "copies", times.IdleAfterCard, 0, 3, true, false, true},
	Confirm:           {PhaseChoose, "confirm", times.IdleAfterCard, 0, 3, true, false, true},
	HonsekiRegister:   {PhaseRegister, "honseki_register", times.IdleAfterCard, 0, 0, true, false, true},
	HonsekiRegistered: {PhaseRegister, "honseki_registered", times.IdleAfterCard, 0, 0, false, false, true},
	Requesting:        {PhaseObtain, "requesting", 0, times.RequestLimit, 4, true, false, true},
	Checking:          {PhaseObtain, "checking", 0, times.CheckLimit, 4, true, false, true},
	Pay:               {PhasePay, "pay", times.IdleAfterCard, 0, 4, true, true, true},
	Settling:          {PhasePay, "settling", 0, times.SettleLimit, 4, false, true, true},
	Printing:          {PhasePrint, "printing", 0, times.PrintBase, 5, false, true, true},
	GivingChange:      {PhasePrint, "giving_change", 0, 60, 5, false, true, true},
	TakePaper:         {PhasePrint, "take_paper", 0, times.TakeLimit, 5, false, false, true},
	Finish:            {PhaseEnd, "finish", 0, 10, 5, false, false, true},
	Returning:         {PhaseEnd, "returning", 0, 60, 0, false, true, true},
	Refused:           {PhaseEnd, "refused", 30, 0, 0, false, false, true},
	StaffNeeded:       {PhaseStaff, "staff_needed", 0, 3600, 0, false, true, true},
	Maintenance:       {PhaseStaff, "maintenance", 0, times.StaffLimit, 0, false, false, false},
	Wiping:            {PhaseEnd, "wiping", 0, 15, 0, false, false, true},
	PlaceAgain:        {PhaseIdentity, "place_again", times.IdleAfterCard, 0, 2, true, false, true},
	ReadingAgain:      {PhaseIdentity, "reading_again", 0, times.AuthLimit, 2, false, false, true},
	SlipWaits:         {PhaseEnd, "slip_waits", 0, 3600, 0, false, false, false},
	GiveBack:          {PhaseEnd, "give_back", 0, times.GiveBackLimit, 0, false, true, false},
}

// Screen is the id of the state's screen.
func (s State) Screen() string { return states[s].screen }

// Phase is the state's phase.
func (s State) Phase() Phase { return states[s].phase }

// NumStates is how many states there are.
const NumStates = int(numStates)
