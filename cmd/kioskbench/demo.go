package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kioskd/kioskd/internal/bench/desk"
	"github.com/kioskd/kioskd/internal/bench/resident"
)

// demoLimit bounds a demo.
const demoLimit = 10 * time.Minute

// demo lets a scripted resident go as far as this kiosk goes, and judges the end by what devices and servers saw.
func demo(ctx context.Context, s settings) (err error) {
	ctx, cancel := context.WithTimeout(ctx, demoLimit)
	defer cancel()
	if err := errors.Join(os.RemoveAll(s.out), os.MkdirAll(s.out, 0o755)); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, show(s.out)) }()
	w, err := open(ctx, s)
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.start(ctx); err != nil {
		return err
	}
	if err := w.ready(ctx); err != nil {
		return err
	}
	play := plays[s.play]
	before := w.inventory()
	steps := &steps{w: w}
	result, err := resident.Run(ctx, resident.NewDesk(w.address), play.script, resident.Watch{
		Arrived: steps.arrived, Left: steps.left,
	})
	if err != nil {
		return fmt.Errorf("%w\nthe end of kioskd's log:\n%s", err, tail(w.path("log", "kioskd.log")))
	}
	if err := w.keepSheets(result.Sheets); err != nil {
		return err
	}
	after := w.inventory()
	report := newReport(before, after, result, steps.list)
	if err := report.write(filepath.Join(s.out, "report.json")); err != nil {
		return err
	}
	if wrong := play.judge(report, before, after, result); len(wrong) > 0 {
		return fmt.Errorf("the demo did not end as it should:\n  %s\npassed: %s; refusals: %q",
			strings.Join(wrong, "\n  "), strings.Join(result.Passed(), ", "), result.Refusals)
	}
	fmt.Printf("demo: %s; %d sheets, ¥%d in, ¥%d back, %d touches beside the PIN; see %s\n", report.Outcome,
		report.Sheets, report.YenIn, report.Change, report.Touches, s.out)
	return nil
}

// steps keeps a screenshot and the times of each state passed.
type steps struct {
	w    *world
	list []reportStep
	cpu  time.Duration
}

func (s *steps) arrived(state resident.State) error {
	s.cpu = cpuOf(s.w.process("kioskd").pid())
	picture, err := s.w.picture(state.Screen)
	if err != nil || len(picture) == 0 {
		return err
	}
	name := fmt.Sprintf("%02d-%s.png", len(s.list)+1, state.Session)
	return os.WriteFile(filepath.Join(s.w.out, name), picture, 0o644)
}

func (s *steps) left(step resident.Step) error {
	s.list = append(s.list, reportStep{
		Name: step.Name, WallMs: step.Wall.Milliseconds(),
		CPUMs: max(0, cpuOf(s.w.process("kioskd").pid())-s.cpu).Milliseconds(),
	})
	return nil
}

// picture gives the frame once the panel shows the screen; nothing after a while, since some states are too short to be
// painted.
func (w *world) picture(screen string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	pause := time.NewTicker(10 * time.Millisecond)
	defer pause.Stop()
	for { // ends with ctx
		tree, err := w.kiosk.Tree(ctx)
		var shown desk.Screen
		if err == nil && json.Unmarshal(tree, &shown) == nil && shown.Screen == screen {
			picture, _, err := w.kiosk.Frame(context.Background())
			return picture, err
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil, nil
		}
	}
}

// keepSheets writes the sheets as a person turns them.
func (w *world) keepSheets(sheets []resident.Sheet) error {
	for i, sheet := range sheets {
		for side, picture := range map[string][]byte{"front": sheet.Front, "back": sheet.Back} {
			if len(picture) == 0 {
				continue
			}
			name := fmt.Sprintf("sheet-%d-%s.png", i+1, side)
			if err := os.WriteFile(filepath.Join(w.out, name), picture, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}
