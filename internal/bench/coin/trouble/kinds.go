package trouble

// The names of the faults.
const (
	LoseCommand   = "lose-command"
	LoseReply     = "lose-reply"
	CorruptReply  = "corrupt-reply"
	CutReply      = "cut-reply"
	Busy          = "busy"
	Foreign       = "foreign"
	PowerCycle    = "power-cycle"
	Unplug        = "unplug"
	HoldInterface = "hold-interface"

	Reject        = "reject"
	Astray        = "astray"
	Mute          = "mute"
	Swallow       = "swallow"
	OnString      = "string"
	LateCoin      = "late-coin"
	Rush          = "rush"
	ResetAcceptor = "reset-acceptor"
	WindCounter   = "wind-counter"
	SwapDevice    = "swap-device"
	PullLever     = "lever"
	BlockOpto     = "block-opto"

	JamEscrow     = "jam-escrow"
	StickFlap     = "stick-flap"
	OpenFlap      = "open-flap"
	StickEscrow   = "stick-escrow"
	FullEscrow    = "full-escrow"
	EscrowReturns = "escrow-returns"
	EscrowKeeps   = "escrow-keeps"

	JamHopper    = "jam-hopper"
	JammedHopper = "jammed-hopper"
	JamExit      = "jam-exit"
	BlockChute   = "block-chute"
	EmptyHopper  = "empty-hopper"
	ResetHopper  = "reset-hopper"
	Refill       = "refill"
)

// Parameters that many kinds take.
var (
	after  = Param{Name: "after", Words: Words{"その前に無事な回数", "times that still go well"}, Most: 1000}
	header = Param{Name: "header", Words: Words{"コマンド番号", "header of the command"}, Least: 1, Most: 254}
	device = Param{Name: "device", Words: Words{"機器の番地", "address of the device"}, Least: 1, Most: 255}
	kind   = Param{
		Name: "yen", Words: Words{"硬貨（円）", "kind of coin, ¥"}, Least: 10, Most: 500, Of: []int{10, 50, 100, 500},
	}
	atByte = Param{Name: "byte", Words: Words{"何バイト目で", "after how many bytes"}, Least: 1, Most: 1 << 20}
)

func must(p Param) Param {
	p.Must = true
	return p
}

func code(ja, en string, least, usual int) Param {
	return Param{Name: "code", Words: Words{ja, en}, Least: least, Most: 255, Usual: usual}
}

func ms(ja, en string, most, usual int) Param {
	return Param{Name: "ms", Words: Words{ja, en}, Least: 1, Most: most, Usual: usual}
}

// Kinds are all kinds of fault: first those of the line, then of the acceptor, the escrow and the hoppers. Event and
// fault codes are those of ccTalk 4.7 part 3, headers 229 and 106.
var Kinds = []Kind{
	{
		Do: LoseCommand, Words: Words{"命令が届かない", "a command does not reach the device"},
		Takes: []Param{must(header), device, after},
	},
	{
		Do: LoseReply, Words: Words{"返事が届かない", "a command is carried out and its answer is lost"},
		Takes: []Param{must(header), device, after},
	},
	{
		Do: CorruptReply, Words: Words{"返事が壊れる", "a command is carried out and its answer comes damaged"},
		Takes: []Param{must(header), device, after},
	},
	{
		Do: CutReply, Words: Words{"返事が途中で切れる", "a command is carried out and its answer stops within"},
		Takes: []Param{must(header), device, after},
	},
	{
		Do: Busy, Words: Words{"機器が「多忙」と答える", "the device answers BUSY and does nothing"},
		Takes: []Param{must(header), device, after, {
			Name: "pieces", Words: Words{"何回", "how many times"}, Least: 1, Most: 1000, Usual: 1,
		}},
	},
	{
		Do:    Foreign,
		Words: Words{"回線に知らないバイトが流れる", "foreign bytes on the line, now or before the answer to header"},
		Takes: []Param{
			{Name: "hex", Words: Words{"バイト（16進）", "bytes in hex"}, Least: 1, Most: 64, Must: true, Text: true},
			header, device, after,
		},
	},
	{
		Do:    PowerCycle,
		Words: Words{"一瞬の停電", "power fails for a moment: after a command, a hopper's coin, or a byte"},
		Takes: []Param{header, device, kind, atByte, after}, OneOf: []string{"header", "yen", "byte"},
	},
	{
		Do: Unplug, Words: Words{"USBが抜け、また差される", "USB is unplugged at a byte, and plugged in again"},
		Takes: []Param{must(atByte), ms("抜けている時間（ミリ秒）", "how long, ms", 600_000, 1000)},
	},
	{
		Do: HoldInterface, Words: Words{"USBを他のプログラムが使っている", "another program holds the USB interface"},
		Lasting: true,
	},

	{
		Do: Reject, Words: Words{"硬貨が受け付けられず戻る", "the next coin is taken for a bad one and comes back"},
		Takes: []Param{after},
	},
	{
		Do:    Astray,
		Words: Words{"硬貨を受けたが、異常と知らせる", "the next coin is accepted and told as an event, not as a credit"},
		Takes: []Param{code("イベント番号", "event code", 1, 1), after},
	},
	{
		Do:    Mute,
		Words: Words{"硬貨を受けて数えたが、知らせない", "the next coin is accepted and counted, and no event tells of it"},
		Takes: []Param{after},
	},
	{
		Do:    Swallow,
		Words: Words{"硬貨が中で消える", "the next coin stays inside the acceptor: neither accepted, nor given back, nor told"},
		Takes: []Param{after},
	},
	{
		Do:    OnString,
		Words: Words{"糸でつるした硬貨", "the next coin hangs on a string: credited, then pulled out, which is event 20"},
		Takes: []Param{after},
	},
	{
		Do: LateCoin, Words: Words{"硬貨が引っかかり、遅れて入る", "the next coin hangs behind the gate and is credited late"},
		Takes: []Param{ms("遅れ（ミリ秒）", "how late, ms", 3_600_000, 30_000), after},
	},
	{
		Do: Rush, Words: Words{"硬貨が続けざまに入る", "coins pass the slot without a gap"}, Lasting: true,
	},
	{
		Do:    ResetAcceptor,
		Words: Words{"硬貨を受けた直後に受付機が再起動する", "the acceptor resets after the next coin: its event counter is 0"},
		Takes: []Param{after},
	},
	{
		Do:    WindCounter,
		Words: Words{"カウンターが一周する手前から始まる", "the event counter stands at code when a program next opens the device"},
		Takes: []Param{must(device), code("カウンターの値", "value of the counter", 1, 253)},
	},
	{
		Do:    SwapDevice,
		Words: Words{"機器が別の個体に替わる", "a part is replaced by one with another serial number, which has counted nothing"},
		Takes: []Param{must(device)},
	},
	{
		Do: PullLever, Words: Words{"返却レバー", "the return lever is pushed: now, after a command, or at a byte"},
		Takes: []Param{header, device, atByte, after},
	},

	{
		Do:    BlockOpto,
		Words: Words{"受付機の光センサーがしばらくふさがる", "something covers a light barrier of the acceptor for a while: coins come back"},
		Takes: []Param{
			code("イベント番号", "event code", 1, 15), ms("ふさがっている時間（ミリ秒）", "how long, ms", 3_600_000, 20_000), after,
		},
	},

	{Do: JamEscrow, Words: Words{"一時保留で硬貨が詰まる", "coins jam in the escrow's next movement"}, Takes: []Param{after}},
	{
		Do: StickFlap, Words: Words{"一時保留のふたが開かない", "the flap does not open in the escrow's next movement"},
		Takes: []Param{after},
	},
	{
		Do: OpenFlap, Words: Words{"一時保留のふたが閉まらない", "the flap does not close after the escrow's next movement"},
		Takes: []Param{after},
	},
	{
		Do: StickEscrow, Words: Words{"一時保留に硬貨が残る", "code coins stay behind in the escrow's next movement"},
		Takes: []Param{code("枚数", "how many", 1, 1), after},
	},
	{
		Do:      FullEscrow,
		Words:   Words{"一時保留がいっぱい", "the escrow says full, and coins that fall into it roll into the return tray"},
		Lasting: true,
	},
	{
		Do:      EscrowReturns,
		Words:   Words{"停電で一時保留の硬貨が返却口へ落ちる", "without power the escrow lets go, into the return tray"},
		Lasting: true,
	},
	{
		Do:      EscrowKeeps,
		Words:   Words{"停電で一時保留の硬貨が金庫へ落ちる", "without power the escrow lets go, into hoppers and cash box"},
		Lasting: true,
	},

	{Do: JamHopper, Words: Words{"ホッパーが詰まる", "the hopper jams at its next coin"}, Takes: []Param{must(kind), after}},
	{
		Do: JammedHopper, Words: Words{"ホッパーが詰まっている", "the hopper is jammed already, and says so"},
		Takes: []Param{must(kind)},
	},
	{
		Do:    JamExit,
		Words: Words{"ホッパーの出口に硬貨が挟まる", "the hopper's next coin stays in its exit, uncounted, and blocks it"},
		Takes: []Param{must(kind), after},
	},
	{
		Do:      BlockChute,
		Words:   Words{"返却口への道がふさがる", "the way to the return tray is blocked: what falls there stays in it, unseen"},
		Lasting: true,
	},
	{
		Do:    EmptyHopper,
		Words: Words{"払い出しの途中で硬貨が出なくなる", "the hopper finds no more coins in mid-pay, whatever lies in it"},
		Takes: []Param{must(kind), after},
	},
	{
		Do: ResetHopper, Words: Words{"払い出しの途中でホッパーが再起動する", "the hopper resets after its next coin"},
		Takes: []Param{must(kind), after},
	},
	{
		Do: Refill, Words: Words{"手で補充する（負は抜き取り）", "coins are put into a hopper by hand, or taken out"},
		Takes: []Param{must(kind), {
			Name: "pieces", Words: Words{"枚数", "how many; below 0 takes out"}, Least: -200, Most: 200, Must: true,
		}},
	},
}
