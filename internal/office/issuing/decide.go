package issuing

import (
	"errors"
	"time"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/office/form"
	"github.com/kioskd/kioskd/internal/office/registry"
	"github.com/kioskd/kioskd/internal/wire/issuingapi"
)

// minimumAge of a holder (domain §6).
const minimumAge = 15

// mayHave decides about the holder and everybody who could stand on a page of the household. Every hold, 支援措置
// among them, is Unavailable and nothing else.
func mayHave(holder registry.Resident, rows []registry.Resident, day domain.Date) domain.RefusalReason {
	for _, r := range append([]registry.Resident{holder}, rows...) {
		if r.Hold != registry.NoHold {
			return domain.Unavailable
		}
	}
	switch holder.Standing {
	case registry.Deceased:
		return domain.Deceased
	case registry.MovedOut:
		return domain.MovedOut
	case registry.Leaving:
		return domain.MoveOutFiled
	case registry.Present:
	}
	if holder.Birth.AddYears(minimumAge).Compare(day) > 0 {
		return domain.Under15
	}
	for _, r := range rows {
		if r.Standing == registry.Leaving {
			return domain.HouseholdHasLeaver
		}
	}
	return domain.NoRefusal
}

// tokyo has no summer time.
var tokyo = time.FixedZone("Asia/Tokyo", 9*60*60)

// open says whether a kind is issued at an instant by its windows and closed days.
func open(k issuingapi.CatalogueKind, at time.Time) bool {
	day, clock := domain.DateOf(at), at.In(tokyo).Format("15:04")
	for _, c := range k.Closed {
		if day.Compare(c.From) >= 0 && day.Compare(c.Until) <= 0 {
			return false
		}
	}
	weekday := byte('0' + (int(at.In(tokyo).Weekday())+6)%7 + 1) // 1 is Monday
	for _, w := range k.Windows {
		for i := range len(w.Days) {
			if w.Days[i] == weekday && w.From <= clock && clock < w.To {
				return true
			}
		}
	}
	return false
}

// unprintable turns a finding of the form into a refusal; any other error is none.
func unprintable(err error) (domain.RefusalReason, bool) {
	switch {
	case errors.Is(err, form.ErrCharacterPending):
		return domain.CharacterPending, true
	case errors.Is(err, form.ErrTextTooLong):
		return domain.TextTooLong, true
	default:
		return domain.NoRefusal, false
	}
}

// household gives the rows of a holder's household with the holder first and the others in the record's order; the
// kiosk takes the first member of choices for the holder.
func (s *Server) household(holder registry.Resident) (registry.Household, []registry.Resident) {
	h, rows, _ := s.Registry.Household(holder.Household)
	ordered := make([]registry.Resident, 0, len(rows)+1)
	ordered = append(ordered, holder)
	for _, r := range rows {
		if r.ID != holder.ID {
			ordered = append(ordered, r)
		}
	}
	return h, ordered
}

// judge is every decision about a person that does not depend on the order: is the record fresh, may the holder have
// a certificate, can every name of the household be printed.
func (s *Server) judge(p proof, now time.Time) (domain.RefusalReason, error) {
	if now.Sub(s.Registry.DataAsOf(now)) > s.MaxDataAge {
		return domain.ServerStale, nil
	}
	house, rows := s.household(p.holder)
	if r := mayHave(p.holder, rows, domain.DateOf(now)); r != domain.NoRefusal {
		return r, nil
	}
	err := s.Former.CheckResidentRecord(s.document(order{
		// An issue id and a tally of the real lengths stand in for those that the order will give.
		app: p.application, issue: domain.IssueID(p.application), tally: "00000000",
		house: house, rows: rows, show: everything,
	}, now))
	if r, is := unprintable(err); is {
		return r, nil
	}
	return domain.NoRefusal, err
}
