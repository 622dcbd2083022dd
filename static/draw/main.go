// Command draw paints the product's icons from the geometry of its mark: a
// white square with a dot over a bar, on the dark of the header. Run it with
// go generate ./static after a change of the mark.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"math"
	"os"
)

// The mark in its own units, 28 by 28, as in ui.Mark.
const unit = 28.0

// sample is how many points a pixel's edge is judged by.
const sample = 4

var (
	dark  = color.NRGBA{0x1a, 0x1a, 0x1a, 0xff}
	white = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	none  = color.NRGBA{}
)

// icon is how the mark sits on its ground: how large, and how round the ground
// is. A maskable icon fills its whole square and keeps the mark in the middle.
type icon struct {
	name          string
	size          int
	mark, rounded float64 // shares of the size
}

func main() {
	log.SetFlags(0)
	for _, i := range []icon{
		{"icon-192.png", 192, .64, .22},
		{"icon-512.png", 512, .64, .22},
		{"icon-maskable-512.png", 512, .5, 0},
	} {
		write(i.name, encode(i.draw()))
	}
	small := icon{size: 32, mark: .78, rounded: .22}
	write("favicon.ico", ico(encode(small.draw()), small.size))
	write("favicon.svg", svg(small))
}

func (i icon) draw() image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, i.size, i.size))
	for y := range i.size {
		for x := range i.size {
			img.SetNRGBA(x, y, i.pixel(x, y))
		}
	}
	return img
}

// pixel averages the points of one pixel, so that edges are smooth.
func (i icon) pixel(x, y int) color.NRGBA {
	var r, g, b, a int
	for sy := range sample {
		for sx := range sample {
			c := i.at((float64(x)+(float64(sx)+.5)/sample)/float64(i.size), (float64(y)+(float64(sy)+.5)/sample)/float64(i.size))
			r, g, b, a = r+int(c.R)*int(c.A), g+int(c.G)*int(c.A), b+int(c.B)*int(c.A), a+int(c.A)
		}
	}
	if a == 0 {
		return none
	}
	return color.NRGBA{uint8(r / a), uint8(g / a), uint8(b / a), uint8(a / (sample * sample))}
}

// at is the colour of a point of the unit square.
func (i icon) at(x, y float64) color.NRGBA {
	if !inRounded(x, y, 0, 0, 1, 1, i.rounded) {
		return none
	}
	mx, my := (x-(1-i.mark)/2)/i.mark*unit, (y-(1-i.mark)/2)/i.mark*unit
	switch {
	case !inRounded(mx, my, 0, 0, unit, unit, 8):
		return dark
	case math.Hypot(mx-14, my-8.7) <= 3.2, inRounded(mx, my, 11.3, 13.5, 5.4, 9, 2.7):
		return dark
	}
	return white
}

func inRounded(x, y, left, top, width, height, radius float64) bool {
	if x < left || y < top || x > left+width || y > top+height {
		return false
	}
	dx := max(left+radius-x, x-(left+width-radius), 0)
	dy := max(top+radius-y, y-(top+height-radius), 0)
	return math.Hypot(dx, dy) <= radius || dx == 0 || dy == 0
}

func svg(i icon) []byte {
	at, scale := (1-i.mark)/2*unit, i.mark
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28"><rect width="28" height="28" rx="%.2f" fill="#1a1a1a"/><g transform="translate(%.2f %.2f) scale(%.2f)"><rect width="28" height="28" rx="8" fill="#fff"/><circle cx="14" cy="8.7" r="3.2" fill="#1a1a1a"/><rect x="11.3" y="13.5" width="5.4" height="9" rx="2.7" fill="#1a1a1a"/></g></svg>`+"\n",
		i.rounded*unit, at, at, scale)
}

// ico wraps a PNG as the one image of an icon file.
func ico(img []byte, size int) []byte {
	var b bytes.Buffer
	for _, v := range []any{
		[]uint16{0, 1, 1},
		[]uint8{uint8(size), uint8(size), 0, 0}, []uint16{1, 32},
		[]uint32{uint32(len(img)), 22},
		img,
	} {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			log.Fatal(err)
		}
	}
	return b.Bytes()
}

func encode(img image.Image) []byte {
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

func write(name string, data []byte) {
	if err := os.WriteFile("icons/"+name, data, 0o644); err != nil {
		log.Fatal(err)
	}
}
