package node

// Direction says how a Box places its children.
type Direction uint8

// The directions of a Box.
const (
	Column Direction = iota // one below the other
	Row                     // side by side
	Stack                   // on top of each other, all in the same rectangle
	Grid                    // Columns equal cells a row
)

// Align places children that are smaller than the room they have.
type Align uint8

// The alignments. Stretch is the cross axis' default and means Start on the main axis.
const (
	Stretch Align = iota
	Start
	Center
	End
	Between // main axis only: the first at the start, the last at the end
)

// Colour is a role in the theme, not a value: the same tree is painted in every theme.
type Colour uint8

// The colour roles (reference ui.md §3). NoColour paints nothing.
const (
	NoColour Colour = iota
	Page
	Surface
	Ink
	InkSoft
	Primary
	OnPrimary
	Tint
	Outline
	Hairline
	ErrorInk
	ErrorGround
	WarnInk
	WarnGround
	OkInk
	OkGround
	Scrim
	numColours
)

// NumColours is how many colour roles there are: the length of a theme's table.
const NumColours = int(numColours)

// Edges are the four paddings of a node in pixels.
type Edges struct{ Top, Right, Bottom, Left int }

// All gives the same padding on four sides.
func All(px int) Edges { return Edges{px, px, px, px} }

// Sides gives one padding above and below and another left and right.
func Sides(vertical, horizontal int) Edges { return Edges{vertical, horizontal, vertical, horizontal} }

// Font is how a text is set. All lengths are pixels; LinePercent is the line height in hundredths of Size.
type Font struct {
	Size        int
	Bold        bool
	LinePercent int
}

// LineHeight is the height of one line in pixels.
func (f Font) LineHeight() int { return f.Size * f.LinePercent / 100 }

// Style is everything about a node's room and look. All lengths are pixels of the panel.
type Style struct {
	Dir     Direction
	Columns int // of a Grid
	Gap     int
	Pad     Edges
	Main    Align // along Dir
	Cross   Align // across Dir

	Width, Height       int // fixed size; 0 = by content
	MinWidth, MinHeight int
	Grow                int // share of the room left over along the parent's direction
	// Shrink lets a column make the node lower than it wants where there is no room: a pager within gives way.
	Shrink bool

	Fill        Colour
	Border      Colour
	BorderWidth int
	Radius      int
	Shadow      bool

	Ink      Colour // of text and icons
	Font     Font
	TextSide Align // Start, Center or End
	MinLines int   // lines kept free even when the text is shorter, so that nothing jumps between languages
	MaxLines int   // more lines than this are a fault that the linter reports; 0 = no limit
}
