package session

var (
	consentRow = leavable(row{
		Agree:   to(Language),
		Decline: to(Wiping, leave...),
	})
	languageRow = leavable(row{
		PickLanguage: to(Scope, setLanguage),
		Back:         to(Consent),
	})
	scopeRow = leavable(row{
		PickScope: {
			{when: homeAndCard, next: ReadingCard, do: []action{identify}},
			{when: homeScope, next: PlaceCard},
			{next: same, why: "another municipality needs the registration that a later version builds"},
		},
		Back: to(Language),
	})
)
