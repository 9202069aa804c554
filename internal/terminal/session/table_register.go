package session

var (
	// The form itself (domicile, head of the register, contact) comes with the municipality's side of it.
	honsekiRegisterRow = leavable(row{
		Next: {
			{when: nothingAsked, next: same, do: []action{registerDomicile}},
			{next: same, why: "it is on its way already; a second touch sends nothing twice"},
		},
		DomicileRegistered: to(HonsekiRegistered),
		CenterFailed:       refusing(),
	})
	honsekiRegisteredRow = leavable(row{
		Cancel:      notHere,
		Acknowledge: to(Wiping, wipe),
		TimedOut:    to(Wiping, wipe),
	})
)
