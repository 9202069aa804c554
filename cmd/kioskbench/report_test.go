package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/kioskd/kioskd/internal/bench/resident"
	"github.com/kioskd/kioskd/internal/config"
)

// good is a demo as it should be: the inventory before and after, and what the resident met.
func good() (before, after inventory, result resident.Result) {
	before = inventory{machine: 10000, sheets: 3, signatures: 1, asked: 1}
	after = inventory{machine: 10000, sheets: 3, signatures: 2, asked: 2}
	result = resident.Result{Outcome: "nothing", Touches: 9}
	for _, state := range choosing {
		result.Steps = append(result.Steps, resident.Step{Name: state})
	}
	return before, after, result
}

func TestJudge_accepts_the_right_end(t *testing.T) {
	before, after, result := good()
	r := newReport(before, after, result, nil)
	play := play{outcome: "nothing", touches: 10, passes: choosing}
	if wrong := play.judge(r, before, after, result); len(wrong) > 0 || r.Outcome != "nothing" {
		t.Errorf("outcome %q: %q", r.Outcome, wrong)
	}
}

func TestJudge_control_each_wrong_part_is_found(t *testing.T) {
	for name, spoil := range map[string]func(after *inventory, result *resident.Result){
		"a coin stayed":         func(a *inventory, _ *resident.Result) { a.machine += 100 },
		"a coin was lost":       func(_ *inventory, r *resident.Result) { r.YenIn = 100 },
		"coins in the tray":     func(a *inventory, _ *resident.Result) { a.inTray = 10 },
		"a sheet was printed":   func(a *inventory, _ *resident.Result) { a.sheets++ },
		"kioskd says otherwise": func(_ *inventory, r *resident.Result) { r.Outcome = "refunded" },
		"no signature":          func(a *inventory, _ *resident.Result) { a.signatures-- },
		"two signatures":        func(a *inventory, _ *resident.Result) { a.signatures++ },
		"card has power":        func(a *inventory, _ *resident.Result) { a.powered = true },
		"nobody was asked":      func(a *inventory, _ *resident.Result) { a.asked = 1 },
		"too many touches":      func(_ *inventory, r *resident.Result) { r.Touches = 11 },
		"a state was left out":  func(_ *inventory, r *resident.Result) { r.Steps = r.Steps[1:] },
	} {
		before, after, result := good()
		spoil(&after, &result)
		play := play{outcome: "nothing", touches: 10, passes: choosing}
		if wrong := play.judge(newReport(before, after, result, nil), before, after, result); len(wrong) == 0 {
			t.Errorf("%s: nobody noticed", name)
		}
	}
}

func TestReport_outcomes_come_from_the_devices(t *testing.T) {
	for want, c := range map[string]struct {
		earned, sheets, in, back int
	}{
		"nothing":      {0, 0, 0, 0},
		"refunded":     {0, 0, 300, 300},
		"printed_paid": {300, 1, 500, 200},
		"wrong: 1 sheets, ¥300 in, ¥0 back, ¥200 stayed": {200, 1, 300, 0},
		"wrong: 0 sheets, ¥300 in, ¥0 back, ¥300 stayed": {300, 0, 300, 0},
	} {
		after := inventory{machine: c.earned, sheets: c.sheets}
		got := newReport(inventory{}, after, resident.Result{YenIn: c.in, YenBack: c.back}, nil).Outcome
		if got != want {
			t.Errorf("%+v: %q, want %q", c, got, want)
		}
	}
}

func TestConfig_of_kioskd_is_one_that_it_takes(t *testing.T) {
	w := &world{settings: settings{dir: t.TempDir()}}
	for _, headless := range []bool{true, false} {
		w.headless = headless
		c, err := config.Parse(w.kioskdConfig("127.0.0.1:4711"))
		if err != nil || c.Center.URL != "https://127.0.0.1:4711" || c.Panel.Fullscreen != headless {
			t.Errorf("%+v, %v", c, err)
		}
	}
}

func TestParse_takes_the_program_after_two_dashes(t *testing.T) {
	program := filepath.Join(t.TempDir(), "kioskd")
	if err := os.WriteFile(program, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	s, err := parse("demo", []string{"-dir", "v", "--", program})
	if err != nil || s.kioskd != program || !filepath.IsAbs(s.dir) || !s.headless || s.programs != filepath.Dir(program) {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := parse("run", []string{"--", program + "-not-there"}); err == nil {
		t.Error("a program that is not there was taken")
	}
}

func TestCPU_counts_this_process(t *testing.T) {
	own := os.Getpid()
	before := cpuOf(own)
	work := []int{1}
	for cpuOf(own) == before { // ends within some tens of milliseconds of work
		for i := range 100_000 {
			work = append(work[:0], i+1)
		}
	}
	if slices.Max(work) == 0 || cpuOf(1<<30) != 0 {
		t.Error("a process that is not there has used a processor")
	}
}
