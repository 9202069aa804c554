package screen_test

import (
	"testing"

	"github.com/kioskd/kioskd/internal/domain"
	"github.com/kioskd/kioskd/internal/signed"
	"github.com/kioskd/kioskd/internal/terminal/session"
	"github.com/kioskd/kioskd/locales"
	"github.com/kioskd/kioskd/ui/kit"
	"github.com/kioskd/kioskd/ui/screen"
)

// sample is one view worth looking at: each state at least once, and the ways in which a state can differ.
type sample struct {
	name string
	view session.View
}

func same(ja, en string) session.Text { return session.Text{domain.Japanese: ja, domain.English: en} }

var residentRecord = session.KindView{
	Kind: domain.ResidentRecord, Fee: 200,
	Label: session.Text{
		domain.Japanese: "住民票の写し", domain.English: "Copy of Resident Record", domain.SimplifiedChinese: "住民票的副本",
		domain.TraditionalChinese: "住民票副本", domain.Korean: "주민표사본", domain.Spanish: "Cert. de residencia",
		domain.Portuguese: "Atestado de Residência",
	},
	Help: same("住所や世帯の証明に使います", "Proof of address and household"),
}

var kinds = []session.KindView{
	residentRecord,
	{
		Kind: "ResidentItems", Fee: 200, Label: same("住民票記載事項証明書", "Certificate of Items Stated"),
		Help: same("住民票の一部の項目を証明します", "Proof of single items of the record"),
	},
	{
		Kind: domain.SealRegistration, Fee: 250, Label: same("印鑑登録証明書", "Seal REG Certificate"),
		Help: same("登録した印鑑を証明します", "Proof of a registered seal"), Refusal: domain.SealNotRegistered,
	},
	{Kind: "TaxIncome", Fee: 300, Label: same("所得証明書", "Certificate of Income"), Refusal: domain.OutOfHours},
}

var options = []session.OptionView{
	{Code: domain.OptionScope, Label: same("どなたの証明書ですか", "Who is it for?"), Chosen: 1, Choices: []session.ChoiceView{
		{Value: domain.ScopeWhole, Label: same("世帯全員", "Whole household")},
		{Value: domain.ScopePart, Label: same("世帯の一部", "Part of the household")},
		{Value: domain.ScopeSelf, Label: same("本人のみ", "Myself only")},
	}},
	onOff(domain.OptionShowHeadAndRelation, "世帯主・続柄", "Head of household and relationship", 0),
	onOff(domain.OptionShowDomicile, "本籍・筆頭者", "Registered domicile and its head", 1),
	onOff(domain.OptionShowMyNumber, "個人番号（マイナンバー）", "My Number", 1),
	onOff(domain.OptionShowResidentCode, "住民票コード", "Resident record code", 1),
}

func onOff(code domain.OptionCode, ja, en string, chosen int) session.OptionView {
	return session.OptionView{Code: code, Label: same(ja, en), Chosen: chosen, Choices: []session.ChoiceView{
		{Value: domain.OptionYes, Label: same("記載する", "Shown")}, {Value: domain.OptionNo, Label: same("記載しない", "Not shown")},
	}}
}

func members(n int) []session.MemberView {
	list := make([]session.MemberView, n)
	for i := range list {
		list[i] = session.MemberView{
			Ref: "m" + string(rune('a'+i)), Picture: signed.HashOf([]byte{byte(i)}), Chosen: i%3 != 1,
		}
	}
	return list
}

// with makes a sample of a state; steps and buttons are as the session's table gives them.
func with(name string, s session.State, change func(*session.View)) sample {
	v := session.View{State: s, Screen: s.Screen(), CanCancel: true}
	switch s.Phase() {
	case session.PhaseIdle, session.PhaseEnd, session.PhaseStaff:
		v.CanCancel = false
	case session.PhaseBegin:
		v.Step = 1
	case session.PhaseIdentity:
		v.Step, v.Tries = 2, 3
	case session.PhaseChoose:
		v.Step, v.CanBack, v.Kind, v.Options, v.Members = 3, true, residentRecord, options, members(4)
		v.Copies, v.MaxCopies, v.UnitFee, v.Fee = 2, 3, 200, 400
	case session.PhaseRegister:
		v.AppShort = "01J87QTX"
	case session.PhaseObtain, session.PhasePay:
		v.Step, v.Fee, v.AppShort = 4, 400, "01J87QTX"
	case session.PhasePrint:
		v.Step, v.Fee, v.AppShort, v.SheetsTotal, v.SheetsDone, v.CanCancel = 5, 400, "01J87QTX", 2, 1, false
	}
	if change != nil {
		change(&v)
	}
	return sample{name, v}
}

// finish makes a sample of a visit's end.
func finish(name string, o domain.Outcome, change func(*session.View)) sample {
	return with(name, session.Finish, func(v *session.View) {
		v.Step, v.Outcome, v.AppShort, v.Fee = 5, o, "01J87QTX", 400
		if change != nil {
			change(v)
		}
	})
}

func samples() []sample {
	list := []sample{
		with("attract", session.Attract, nil),
		with("attract_card_left", session.Attract, func(v *session.View) { v.CardLeft = true }),
		with("service_closed", session.ServiceClosed, nil),
		with("out_of_service", session.OutOfService, func(v *session.View) {
			v.Faults = []domain.FaultCode{domain.FaultPaper, domain.FaultClock, domain.FaultTray}
		}),
		with("consent", session.Consent, nil),
		with("language", session.Language, nil),
		with("scope", session.Scope, nil),
		with("place_card", session.PlaceCard, nil),
		with("reading_card", session.ReadingCard, nil),
		with("last_try", session.LastTry, func(v *session.View) { v.Tries = 1 }),
		with("enter_pin", session.EnterPIN, func(v *session.View) { v.PINCount = 2 }),
		with("enter_pin_wrong", session.EnterPIN, func(v *session.View) { v.WrongPIN, v.Tries = true, 2 }),
		with("enter_pin_full", session.EnterPIN, func(v *session.View) { v.PINCount = 4 }),
		with("authenticating", session.Authenticating, nil),
		with("authenticating_signed", session.Authenticating, func(v *session.View) { v.Signed = true }),
		with("authenticating_gone", session.Authenticating, func(v *session.View) { v.Signed, v.CardGone = true, true }),
		with("remove_card", session.RemoveCard, nil),
		with("holder", session.Holder, func(v *session.View) { v.Holder = signed.HashOf([]byte("holder")) }),
		with("place_again", session.PlaceAgain, nil),
		with("place_again_lift", session.PlaceAgain, func(v *session.View) { v.CardOn = true }),
		with("reading_again", session.ReadingAgain, func(v *session.View) { v.CanCancel = false }),
		with("reading_again_same", session.ReadingAgain, func(v *session.View) { v.Signed, v.CanCancel = true, false }),
		with("select_certificate", session.SelectCertificate, func(v *session.View) { v.Kinds, v.CanBack = kinds, false }),
		with("select_details", session.SelectDetails, nil),
		with("select_members", session.SelectMembers, nil),
		with("select_members_32", session.SelectMembers, func(v *session.View) { v.Members = members(32) }),
		with("copies", session.Copies, nil),
		with("confirm", session.Confirm, nil),
		with("confirm_self_free", session.Confirm, func(v *session.View) { v.Members, v.UnitFee, v.Fee = members(1), 0, 0 }),
		with("timeout", session.Confirm, func(v *session.View) { v.Countdown = 27 }),
		with("language_open", session.Confirm, func(v *session.View) { v.Overlay = session.OverlayLanguages }),
		with("honseki_register", session.HonsekiRegister, nil),
		with("honseki_registered", session.HonsekiRegistered, func(v *session.View) { v.CanCancel = false }),
		with("requesting", session.Requesting, nil),
		with("checking", session.Checking, nil),
	}
	list = append(append(list, samplesFromPay()...), append(overlaySamples(), samplesOfWhatIsLeft()...)...)
	for _, r := range domain.Reasons() {
		list = append(list, with("refused_"+r.Code(), session.Refused, func(v *session.View) { v.Refusal = r }))
	}
	for _, f := range domain.Faults() { // as a resident with coins in the machine sees it
		list = append(list, with("fault_"+f.String(), session.StaffNeeded, func(v *session.View) {
			v.Faults, v.AppShort, v.Inserted, v.InEscrow = []domain.FaultCode{f}, "01J87QTX", 400, 400
		}))
	}
	return list
}

// slip is the number of an owed amount.
const slip = "0001-261130-1-0042-57"

// samplesFromPay are those in which money or paper is at stake, and the ends.
func samplesFromPay() []sample {
	return []sample{
		with("pay", session.Pay, func(v *session.View) { v.Accepting, v.Inserted, v.Missing = true, 150, 250 }),
		with("pay_exact", session.Pay, func(v *session.View) { v.Accepting, v.ExactOnly, v.Missing = true, true, 400 }),
		with("pay_opening", session.Pay, func(v *session.View) { v.Missing = 400 }),
		with("pay_timeout", session.Pay, func(v *session.View) {
			v.Accepting, v.Inserted, v.Missing, v.Countdown = true, 150, 250, 9
		}),
		with("settling", session.Settling, func(v *session.View) { v.CanCancel = false }),
		with("printing", session.Printing, nil),
		with("giving_change", session.GivingChange, func(v *session.View) { v.Change = 100 }),
		with("take_paper", session.TakePaper, nil),
		finish("finish", domain.OutcomePrintedPaid, nil),
		finish("finish_another", domain.OutcomePrintedPaid, func(v *session.View) { v.CanAnother = true }),
		finish("finish_card", domain.OutcomePrintedPaid, func(v *session.View) { v.CardOn = true }),
		finish("finish_part", domain.OutcomePartPaid, func(v *session.View) {
			v.SheetsDone, v.SheetsTotal, v.Returned = 1, 3, 200
		}),
		finish("finish_part_free", domain.OutcomePartPaid, func(v *session.View) {
			v.SheetsDone, v.SheetsTotal, v.Fee = 1, 3, 0
		}),
		finish("finish_refunded", domain.OutcomeRefunded, func(v *session.View) { v.Returned = 150 }),
		finish("finish_nothing", domain.OutcomeNothing, nil),
		finish("finish_owed", domain.OutcomeOwed, func(v *session.View) {
			v.Owed, v.Slip, v.Claim = 300, slip, "7K3QX09TB4"
		}),
		finish("finish_owed_short", domain.OutcomeOwed, func(v *session.View) { v.Owed = 1300 }),
		with("take_paper_owed", session.TakePaper, func(v *session.View) { v.Owed = 300 }),
		with("returning", session.Returning, func(v *session.View) { v.Inserted = 150 }),
		with("refused_money", session.Refused, func(v *session.View) {
			v.Refusal, v.Returned = domain.ServerUnreachable, 1500
		}),
		with("refused_other_card", session.Refused, func(v *session.View) {
			v.Refusal, v.CardOn, v.Following = domain.OtherCard, true, true
		}),
		with("refused_card", session.Refused, func(v *session.View) { v.Refusal, v.CardOn = domain.PINBlocked, true }),
		with("refused_owed", session.Refused, func(v *session.View) {
			v.Owed, v.Slip, v.Claim, v.AppShort, v.InEscrow = 50, slip, "7K3QX09TB4", "01J87QTX", 50
			v.Faults = []domain.FaultCode{domain.FaultCoin}
		}),
		with("staff_needed", session.StaffNeeded, func(v *session.View) {
			v.Owed, v.Slip, v.Inserted, v.SheetsDone, v.SheetsTotal = 200, slip, 400, 1, 2
			v.InEscrow, v.Kept, v.Unproved = 200, 100, 100
			v.Faults = []domain.FaultCode{domain.FaultJam}
			v.AppShort = "01J87QTX"
		}),
		with("refused_register", session.Refused, func(v *session.View) {
			v.Refusal, v.CanRegister = domain.HonsekiNotRegistered, true
		}),
		with("maintenance_slips", session.Maintenance, func(v *session.View) {
			v.Slips = []session.SlipView{
				{Number: slip, Owed: 300, Made: "2026-11-30 12:03"},
				{Number: "0001-261130-1-0043-60", Owed: 12000, Made: "2026-11-30 18:40", Two: true},
				{Number: "0001-261201-1-0044-11", Owed: 50, Made: "2026-12-01 07:15"},
				{Number: "0001-261201-1-0045-08", Owed: 100, Made: "2026-12-01 08:20"},
				{Number: "0001-261201-1-0046-05", Owed: 100, Made: "2026-12-01 08:21"},
			}
			v.Faults = []domain.FaultCode{domain.FaultStaff}
		}),
		with("maintenance", session.Maintenance, func(v *session.View) { v.Faults = []domain.FaultCode{domain.FaultPaper} }),
		with("slip_waits", session.SlipWaits, func(v *session.View) {
			v.Owed, v.Slip, v.AppShort = 300, slip, "01J87QTX"
			v.Faults = []domain.FaultCode{domain.FaultStaff}
		}),
		with("wiping", session.Wiping, nil),
		with("give_back", session.GiveBack, func(v *session.View) { v.Inserted, v.AppShort = 150, "01J87QTX" }),
	}
}

// set opens the catalogue; a text that is missing fails the test.
func set(t *testing.T) *screen.Set {
	t.Helper()
	catalogue, err := locales.Open()
	if err != nil {
		t.Fatal(err)
	}
	return &screen.Set{
		Panel: kit.ReferencePanel, Catalogue: catalogue, Machine: "K-000001", Phone: "0120-000-000", Speaks: true,
		Problem: func(err error) { t.Error(err) },
	}
}
