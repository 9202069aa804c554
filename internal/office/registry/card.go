package registry

import "github.com/kioskd/kioskd/internal/domain"

// CardState is what a test card is or what became of it.
type CardState string

// The states of test cards.
const (
	CardGood       CardState = "good"
	CardExpired    CardState = "expired"            // the certificate's dates have passed
	CardNotYet     CardState = "notyet"             // the user map makes it usable only later
	CardRevoked    CardState = "revoked"            // the responder says revoked
	CardPINBlocked CardState = "pinblocked"         // no try left
	CardOther      CardState = "other-card"         // not a My Number card at all
	CardJuki       CardState = "juki"               // 住民基本台帳カード, ended 2025-12-28
	CardUnknown    CardState = "unknown-in-usermap" // good at the validation, unknown to the municipality
)

// TestCard is one card of the desk's tray. The bench makes keys and certificates for it.
type TestCard struct {
	ID           string
	Resident     ResidentID // "" for a card that is no My Number card
	Municipality domain.MunicipalityCode
	What         map[domain.Lang]string // ja and en: who it is and what it shows
	Root         int                    // 1 or 2: which of the two card authorities of one name issued it
	State        CardState
	PIN          string
	Tries        int // left before the card locks: 3 when fresh
}

// TestCards gives the tray in its order.
func TestCards() []TestCard {
	return []TestCard{
		good("hanako", Mihon, 1, 1, "見本 花子（一人世帯）。最後まで進めます。",
			"Mihon Hanako, lives alone. Goes all the way."),
		good("tsuji", Mihon, 2, 2, "辻 健一郎（4人世帯）。異体字（辻・葛）のある世帯全員の住民票。",
			"Tsuji Ken'ichirō, household of four. Names with variant characters (IVS)."),
		good("yoshida", Mihon, 6, 1, "𠮷田 修。BMP の外の文字（つちよし）。",
			"Yoshida Osamu. A character outside the BMP (U+20BB7)."),
		good("maria", Mihon, 8, 2, "外国人住民。60字のローマ字氏名と通称。",
			"A foreign resident. A Latin name of 60 letters, and an alias."),
		good("omori", Mihon, 20, 1, "大森 太一（6人世帯）。2枚になる住民票。",
			"Ōmori Taichi, household of six. Two sheets a copy."),
		good("kaku", Kaku, 1, 2, "架空町の葛城 豊。別の自治体のカード。",
			"Katsuragi Yutaka of Kakū Town. A card of the other municipality."),
		good("leaver", Mihon, 9, 1, "転出予定者のいる世帯。窓口へ案内されます。",
			"Someone in the household has filed a move. Sent to the counter."),
		good("held", Mihon, 12, 2, "窓口でのみ交付できる人。理由は画面に出ません。",
			"A person served at the counter only. The screen does not say why."),
		with(good("expired", Mihon, 14, 1, "電子証明書の有効期限切れ。", "The certificate has expired."), CardExpired, 3),
		with(good("revoked", Mihon, 16, 2, "電子証明書が失効している。", "The certificate was revoked."), CardRevoked, 3),
		with(good("blocked", Mihon, 17, 1, "暗証番号がロックされている。", "The PIN is blocked."), CardPINBlocked, 0),
		with(good("last-try", Mihon, 18, 2, "暗証番号の残り回数が1回。", "One try of the PIN is left."), CardGood, 1),
		with(good("new", Mihon, 15, 1, "きょう交付されたカード。あすから使えます。",
			"Handed out today. Usable from tomorrow."), CardNotYet, 3),
		good("gaiji", Mihon, 19, 2, "登録作業中の文字が氏名にある。窓口へ案内されます。",
			"A character of the name is still being registered. Sent to the counter."),
		good("child", Mihon, 27, 1, "15歳未満の人。窓口へ案内されます。", "Younger than 15. Sent to the counter."),
		good("moved", Mihon, 29, 1, "転出した人。新しい自治体へ案内されます。", "Has moved out. Sent to the new municipality."),
		with(good("unknown", Mihon, 28, 2, "利用者登録がまだ届いていない。", "Not yet known to the municipality."), CardUnknown, 3),
		plain("juki", "住基カード（2025年12月28日で終了）。", "A Basic Resident Register card (ended 2025-12-28).", CardJuki),
		plain("other", "マイナンバーカードではないICカード。", "A smart card that is not a My Number card.", CardOther),
	}
}

func good(id string, m domain.MunicipalityCode, row, root int, ja, en string) TestCard {
	return TestCard{
		ID: id, Resident: rowID(m, row), Municipality: m, Root: root, State: CardGood, PIN: "1234", Tries: 3,
		What: map[domain.Lang]string{domain.Japanese: ja, domain.English: en},
	}
}

func with(c TestCard, s CardState, tries int) TestCard {
	c.State, c.Tries = s, tries
	return c
}

func plain(id, ja, en string, s CardState) TestCard {
	return TestCard{ID: id, State: s, What: map[domain.Lang]string{domain.Japanese: ja, domain.English: en}}
}
