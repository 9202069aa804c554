package resident

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Hands are what a person works the panel with.
type Hands string

// The hands. Keys are those of a tactile pad; switches are two, of which one steps and one chooses.
const (
	Fingers  Hands = ""
	Keys     Hands = "keys"
	Switches Hands = "switches"
)

// maxSteps bounds a way to one control: twice around the screen with the most of them.
const maxSteps = 120

// reach puts a finger on a node, or goes to it by keys or switches and chooses it there.
func (v *visit) reach(ctx context.Context, id string) error {
	switch {
	case v.script.Hands == Fingers:
		return v.desk.Touch(ctx, id)
	case v.script.Hands == Switches:
		return v.walk(ctx, id, "switch_next", "switch_select")
	case id == "pin.submit":
		return v.press(ctx, "enter")
	case len(id) == len("pin.0") && strings.HasPrefix(id, "pin."):
		return v.press(ctx, strings.TrimPrefix(id, "pin."))
	}
	return v.walk(ctx, id, "down", "enter")
}

// walk steps until what has the focus is the node, or a row with it, and chooses. A node that is not there, or takes no
// touch now, is refused as the desk would.
func (v *visit) walk(ctx context.Context, id, step, choose string) error {
	for range maxSteps {
		var screen struct {
			Nodes []node   `json:"nodes"`
			Focus []string `json:"focus"`
		}
		if err := v.desk.get(ctx, "/api/screen.json", &screen); err != nil {
			return err
		}
		n, there := node{Children: screen.Nodes}.find(id)
		switch {
		case !there:
			return &Refusal{Code: "not_on_screen", Message: id}
		case !n.Enabled:
			return &Refusal{Code: "not_enabled", Message: id}
		case len(screen.Focus) == 1 && screen.Focus[0] == id:
			return v.press(ctx, choose)
		case slices.Contains(screen.Focus, id): // its row
			if err := v.press(ctx, choose); err != nil {
				return err
			}
		default:
			if err := v.press(ctx, step); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("%w: %d steps of %s never come to %s", ErrStuck, maxSteps, step, id)
}

func (v *visit) press(ctx context.Context, key string) error {
	v.result.Presses++
	return v.desk.post(ctx, "/api/key", map[string]string{"key": key}, nil)
}
