package session

var (
	selectCertificateRow = leavable(row{
		PickKind: {
			{when: plainKind, next: Copies, do: []action{pickKind}},
			{when: offeredKind, next: SelectDetails, do: []action{pickKind}},
			{next: same, why: "not offered; the row says why"},
		},
		CapReached: to(Wiping, leave...),
	})
	selectDetailsRow = leavable(row{
		PickOption: {
			{when: knownOption, next: same, do: []action{pickOption}},
			{next: same, why: "no such option"},
		},
		Next: {
			{when: choosesPeople, next: SelectMembers},
			{next: Copies},
		},
		Back:       to(SelectCertificate),
		CapReached: to(Wiping, leave...),
	})
	selectMembersRow = leavable(row{
		ToggleMember: {
			{when: knownMember, next: same, do: []action{toggleMember}},
			{next: same, why: "no such member"},
		},
		Next: {
			{when: somebody, next: Copies},
			{next: same, why: "nobody is chosen; the button is dim"},
		},
		Back:       to(SelectDetails),
		CapReached: to(Wiping, leave...),
	})
	copiesRow = leavable(row{
		More: {
			{when: canMore, next: same, do: []action{more}},
			{next: same, why: "the municipality's limit is reached"},
		},
		Fewer: {
			{when: canFewer, next: same, do: []action{fewer}},
			{next: same, why: "at least one copy"},
		},
		Next: to(Confirm, setFee),
		Back: {
			{when: choosesPeople, next: SelectMembers},
			{next: SelectDetails},
		},
		CapReached: to(Wiping, leave...),
	})
	confirmRow = leavable(row{
		ConfirmOrder: to(Requesting, openVisit, requestIssue),
		Back:         to(Copies),
		CapReached:   to(Wiping, leave...),
	})
)
