package events_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/events"
	"github.com/weft-toolchain/weft/internal/shared"
)

// written writes a file and returns its path.
func written(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// all reads a recording, and returns the sensor's size, too.
func all(path string, format events.Format) (list []events.Event, width, height int, err error) {
	r, err := events.Open(path, format)
	if err != nil {
		return nil, 0, 0, err
	}
	defer r.Close()
	err = r.Each(func(e events.Event, _ func() string) error {
		list = append(list, e)
		return nil
	})
	return list, r.Width, r.Height, err
}

// sum are figures of a recording that another reader was asked for, too.
type sum struct {
	N, On, X, Y   int
	Width, Height int
	First, Last   events.Event
}

func summed(list []events.Event, width, height int) sum {
	s := sum{N: len(list), Width: width, Height: height, First: list[0], Last: list[len(list)-1]}
	for _, e := range list {
		s.X, s.Y = s.X+e.X, s.Y+e.Y
		if e.On {
			s.On++
		}
	}
	return s
}

// Recordings of others. What is wanted was counted with NumPy, reading the bytes as
// the formats have them and unpacking with python-lz4. The clock of the .aedat4 is that of
// the world.
func TestRecordingsOfOthers(t *testing.T) {
	for _, test := range []struct {
		file   string
		format events.Format
		want   sum
	}{
		{"sample_nmnist.bin", events.BIN, sum{
			N: 4325, On: 2145, X: 74457, Y: 71931,
			First: events.Event{Time: 654, X: 7, Y: 15, On: true}, Last: events.Event{Time: 311175, X: 21, Y: 14, On: true},
		}},
		{"sample_ncars.dat", events.DAT, sum{
			N: 2009, On: 1350, X: 93457, Y: 40463,
			First: events.Event{X: 25, Y: 8}, Last: events.Event{Time: 99952, X: 75, Y: 28, On: true},
		}},
		{"sample.aedat4", events.AEDAT4, sum{
			N: 111954, On: 55023, X: 18342405, Y: 15105898, Width: 320, Height: 240,
			First: events.Event{X: 154, Y: 204}, Last: events.Event{Time: 1605537494308262 - 1605537493718345, X: 88, Y: 237, On: true},
		}},
	} {
		list, width, height, err := all(shared.File(t, "data/formats/"+test.file), test.format)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(test.want, summed(list, width, height)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.file, diff)
		}
	}
}

// The same events, packed in each way by the libraries of testdata/make.py.
func TestAEDAT4(t *testing.T) {
	var want []events.Event
	for i := range 300 {
		want = append(want, events.Event{Time: int64(37 * i), X: i * 7 % 20, Y: i * 3 % 10, On: i%3 == 0})
	}
	for _, name := range []string{"none", "lz4", "zstd"} {
		got, width, height, err := all(filepath.Join("testdata", name+".aedat4"), events.AEDAT4)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(want, got); diff != "" || width != 20 || height != 10 {
			t.Errorf("%s: %d × %d (-want +got)\n%s", name, width, height, diff)
		}
	}
}

// dat is a .dat of a header and 8 bytes an event.
func dat(header string, kind, size byte, words ...uint32) []byte {
	b := append([]byte(header), kind, size)
	for _, w := range words {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return b
}

func gz(content []byte) []byte {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	_, _ = w.Write(content)
	_ = w.Close()
	return buf.Bytes()
}

func TestDAT(t *testing.T) {
	const header = "% Data file containing CD events.\n% Version 2\n% Width 304\n% Height 240\n% end\n"
	file := dat(header, 0x0c, 8, 5, 1<<28|239<<14|303, 1<<32-2, 7, 3, 2<<14)
	// The clock runs over behind the second event, and is right at the third.
	want := []events.Event{{Time: 5, X: 303, Y: 239, On: true}, {Time: 1<<32 - 2, X: 7}}
	for name, content := range map[string][]byte{"a.dat": file[:len(file)-8], "a.dat.gz": gz(file[:len(file)-8])} {
		got, width, height, err := all(written(t, name, content), events.DAT)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" || width != 304 || height != 240 {
			t.Errorf("%s: %d × %d (-want +got)\n%s", name, width, height, diff)
		}
	}
	_, _, _, err := all(written(t, "a.dat", file), events.DAT)
	wantError(t, err, "a.dat: the event at byte 95 is later than 4294967295 µs, the most that is read [too-large]")
}

func TestBIN(t *testing.T) {
	got, _, _, err := all(written(t, "a.bin", []byte{5, 6, 0x80, 0, 7, 0, 240, 0, 0, 0, 239, 239, 0, 1, 0}), events.BIN)
	if err != nil {
		t.Fatal(err)
	}
	want := []events.Event{{Time: 7, X: 5, Y: 6, On: true}, {Time: 1<<13 + 256, X: 239, Y: 239}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// wantError checks how an error ends: it begins with a path.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestBrokenRecordings(t *testing.T) {
	whole := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("testdata", name+".aedat4"))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	// changed is a file with other bytes at a place.
	changed := func(name string, at int, b ...byte) []byte {
		file := whole(name)
		copy(file[at:], b)
		return file
	}
	const head = "% Version 2\n"
	none := whole("none")
	packets := 18 + int(binary.LittleEndian.Uint32(none[14:]))
	table, packedTable := len(none)-13, len(whole("lz4"))-36
	// Where the header has the place of the table of packets.
	end := bytes.Index(none, binary.LittleEndian.AppendUint64(nil, uint64(table)))
	endAt := func(at int) []byte { return binary.LittleEndian.AppendUint64(nil, uint64(at)) }
	for name, test := range map[string]struct {
		format events.Format
		file   []byte
		want   string
	}{
		"bin, cut":                       {events.BIN, []byte{1, 2, 3, 4, 5, 6}, "is cut short: it ends at byte 6, inside an event of 5 bytes; copy the file again [bad-file]"},
		"dat, no header":                 {events.DAT, []byte("ATIS1234"), "begins with bytes 41 54 49 53, want lines of text that begin with %, as a .dat does [bad-file]"},
		"dat, empty":                     {events.DAT, nil, "is empty, want lines of text that begin with %, as a .dat does [bad-file]"},
		"dat, header alone":              {events.DAT, []byte(head), "is cut short: it ends at byte 12, inside what says of what kind its events are; copy the file again [bad-file]"},
		"dat, header does not end":       {events.DAT, []byte("% Vers"), "is cut short: it ends at byte 6, inside its header; copy the file again [bad-file]"},
		"dat, a line without end":        {events.DAT, []byte("%" + strings.Repeat("x", 70000)), "at byte 0 its header goes on: want lines of at most 4096 bytes, and at most 1048576 together [bad-file]"},
		"dat, version 1":                 {events.DAT, dat("% Version 1\n", 0, 8), "is a .dat of version 1, want 2; write it anew with Prophesee's tools [unsupported]"},
		"dat, version 3":                 {events.DAT, dat("% Version 3\n", 0, 8, 1, 2), "is a .dat of version 3, want 2; write it anew with Prophesee's tools [unsupported]"},
		"dat, no width":                  {events.DAT, dat("% Height 240\n", 0, 8), "its header has a Height and no Width, want both or none [bad-file]"},
		"dat, no height":                 {events.DAT, dat("% Width 304\n", 0, 8), "its header has a Width and no Height, want both or none [bad-file]"},
		"dat, height 0":                  {events.DAT, dat("% Width 304\n% Height 0\n", 0, 8), `its header has Height "0", want 1 to 16384 [bad-file]`},
		"dat, two widths":                {events.DAT, dat("% Width 304\n% Width 304\n% Width 34\n", 0, 8), "its header has Width twice, as 304 and as 34 [bad-file]"},
		"dat, no events":                 {events.DAT, dat(head, 0, 8), "has no events [bad-file]"},
		"bin, empty":                     {events.BIN, nil, "has no events [bad-file]"},
		"dat, odd width":                 {events.DAT, dat("% Width 0x10\n% Height 240\n", 0, 8), `its header has Width "0x10", want 1 to 16384 [bad-file]`},
		"dat, triggers":                  {events.DAT, dat(head, 0x0e, 8), "holds triggers, and no events of a camera: byte 12 is 0x0e [unsupported]"},
		"dat, other kind":                {events.DAT, dat(head, 0x55, 8), "byte 12, behind its header, says that events are of kind 0x55, want 0x00 or 0x0c [bad-file]"},
		"dat, other size":                {events.DAT, dat(head, 0, 16), "byte 13, behind its header, says that events have 16 bytes, want 8 [bad-file]"},
		"dat, cut":                       {events.DAT, dat(head, 0, 8, 1, 2, 3), "is cut short: it ends at byte 26, inside an event of 8 bytes; copy the file again [bad-file]"},
		"dat, outside":                   {events.DAT, dat("% Width 4\n% Height 4\n", 0, 8, 1, 3, 2, 4), "the event at byte 31 is at x 4, y 0, but the sensor has 4 × 4 places [bad-file]"},
		"aedat4, older":                  {events.AEDAT4, []byte("#!AER-DAT2.0\r\n# more\r\n"), `begins with "#!AER-DAT2.0\r\n", want "#!AER-DAT4.0\r\n"; older versions are not read, DV converts them [unsupported]`},
		"aedat4, another":                {events.AEDAT4, make([]byte, 20), `begins with "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", want "#!AER-DAT4.0\r\n" [bad-file]`},
		"aedat4, cut in its header":      {events.AEDAT4, none[:300], "is cut short: it ends at byte 300, inside its header, which begins at byte 14; copy the file again [bad-file]"},
		"aedat4, a large header":         {events.AEDAT4, changed("none", 14, 255, 255, 255, 255), fmt.Sprintf("is cut short: it ends at byte %d, inside its header, which begins at byte 14; copy the file again [bad-file]", len(none))},
		"aedat4, header of another kind": {events.AEDAT4, changed("none", 22, 'X'), `its header at byte 18 is of kind "XOHE", want "IOHE" [bad-file]`},
		"aedat4, header astray":          {events.AEDAT4, changed("none", 18, 0, 0, 0, 127), "its header at byte 18 breaks at byte 2130706432 of its " + fmt.Sprint(packets-18) + ", where 4 bytes are wanted [bad-file]"},
		"aedat4, cut in a packet":        {events.AEDAT4, none[:packets+20], fmt.Sprintf("is cut short: it ends at byte %d, inside the packet at byte %d; copy the file again [bad-file]", packets+20, packets)},
		"aedat4, cut between packets":    {events.AEDAT4, none[:packets], fmt.Sprintf("is cut short: it ends at byte %d, and its packets at byte %d; copy the file again [bad-file]", packets, len(none)-13)},
		"aedat4, no events":              {events.AEDAT4, append(changed("none", end, endAt(packets)...)[:packets], none[table:]...), "has no events [bad-file]"},
		"aedat4, packet over the end":    {events.AEDAT4, changed("none", end, endAt(packets+20)...), fmt.Sprintf("the packet at byte %d goes on to byte %d, but the header says that packets end at byte %d [bad-file]", packets, packets+8+int(binary.LittleEndian.Uint32(none[packets+4:])), packets+20)},
		"aedat4, no table":               {events.AEDAT4, none[:table], fmt.Sprintf("is cut short: it ends at byte %d, inside its table of packets, which begins at byte %d; copy the file again [bad-file]", table, table)},
		"aedat4, cut in its table":       {events.AEDAT4, none[:table+12], fmt.Sprintf("is cut short: it ends at byte %d, inside its table of packets, which begins at byte %d; copy the file again [bad-file]", table+12, table)},
		"aedat4, more than its table":    {events.AEDAT4, append(whole("none"), 0), fmt.Sprintf("goes on behind its table of packets, which begins at byte %d [bad-file]", table)},
		"aedat4, cut in a packed table":  {events.AEDAT4, whole("lz4")[:packedTable+30], fmt.Sprintf("its table of packets, which begins at byte %d, cannot be unpacked: unexpected EOF; copy the file again [bad-file]", packedTable)},
		"aedat4, more than a packed one": {events.AEDAT4, append(whole("lz4"), "junk"...), fmt.Sprintf("its table of packets, which begins at byte %d, cannot be unpacked: lz4: bad magic number; copy the file again [bad-file]", packedTable)},
		"aedat4, no packed table":        {events.AEDAT4, whole("lz4")[:packedTable], fmt.Sprintf("is cut short: it ends at byte %d, inside its table of packets, which begins at byte %d; copy the file again [bad-file]", packedTable, packedTable)},
		"aedat4, one byte more":          {events.AEDAT4, append(whole("lz4"), 0), fmt.Sprintf("its table of packets, which begins at byte %d, cannot be unpacked: unexpected EOF; copy the file again [bad-file]", packedTable)},
		"aedat4.gz, cut":                 {events.AEDAT4, gz(none)[:len(gz(none))-4], fmt.Sprintf("is cut short: the gzip stream ends after %d bytes unpacked, before its end mark; copy or write the file again [bad-file]", len(none))},
		"aedat4.gz, another checksum":    {events.AEDAT4, append(gz(none)[:len(gz(none))-8], make([]byte, 8)...), "is damaged: the gzip checksum does not match; copy or write the file again [bad-file]"},
		"aedat4.gz, junk behind it":      {events.AEDAT4, append(gz(none), "junk and more junk"...), fmt.Sprintf("is damaged: what follows after %d bytes unpacked is not gzip [bad-file]", len(none))},
		"aedat4, a negative packet":      {events.AEDAT4, changed("none", packets+4, 0, 0, 0, 128), fmt.Sprintf("the packet at byte %d says that it has -2147483648 bytes [bad-file]", packets)},
		"aedat4, packet of another kind": {events.AEDAT4, changed("none", packets+16, 'F'), fmt.Sprintf(`the packet at byte %d, when unpacked, is of kind "FVTS", want "EVTS" [bad-file]`, packets)},
		"aedat4, packed otherwise":       {events.AEDAT4, changed("lz4", packets+8, 0), fmt.Sprintf("the packet at byte %d cannot be unpacked: lz4: bad magic number; copy the file again [bad-file]", packets)},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, err := all(written(t, "a", test.file), test.format)
			wantError(t, err, "a: "+test.want)
		})
	}
}

// A packet of a few kilobytes that unpacks to more than a packet may hold.
func TestAPacketThatUnpacksToTooMuch(t *testing.T) {
	if testing.Short() {
		t.Skip("it unpacks to 64 MiB")
	}
	file, err := os.ReadFile("testdata/zstd.aedat4")
	if err != nil {
		t.Fatal(err)
	}
	// A zstd frame of a window of 2^17 bytes, whose blocks say one byte 2^17 times.
	bomb := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 7 << 3}
	for range 1<<9 + 1 {
		head := uint32(1)<<17<<3 | 1<<1
		bomb = append(bomb, byte(head), byte(head>>8), byte(head>>16), 0)
	}
	at := len(file)
	file = binary.LittleEndian.AppendUint32(file, 1)
	file = binary.LittleEndian.AppendUint32(file, uint32(len(bomb)))
	_, _, _, err = all(written(t, "a.aedat4", append(file, bomb...)), events.AEDAT4)
	wantError(t, err, fmt.Sprintf("a.aedat4: the packet at byte %d unpacks to too much: at most 67108864 bytes a packet, and 2147483648 of all, are read [too-large]", at))
}

func TestSHD(t *testing.T) {
	// The times are of 16 bits: the one nearest to a millisecond is 0.4 µs off.
	want := [][]events.Event{
		{{X: 0, On: true}, {Time: 1000, X: 699, On: true}, {Time: 500000, X: 3, On: true}},
		nil,
		{{Time: 250000, X: 10, On: true}, {Time: 1500000, X: 20, On: true}, {Time: 1500000, X: 30, On: true}, {Time: 125000, X: 40, On: true}},
	}
	for _, name := range []string{"shd.h5", "shd_tables.h5"} {
		s, err := events.OpenSHD(filepath.Join("testdata", name))
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff([]int64{4, 19, 0}, s.Labels); diff != "" || s.N != 3 {
			t.Errorf("%s: %d samples, labels (-want +got)\n%s", name, s.N, diff)
		}
		for i, w := range want {
			var got []events.Event
			if err := s.Each(i, func(e events.Event, _ func() string) error {
				got = append(got, e)
				return nil
			}); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(w, got); diff != "" {
				t.Errorf("%s: sample %d (-want +got)\n%s", name, i, diff)
			}
		}
	}
}

// Broken files: the bytes of shd.h5 with some replaced, and one of uneven lists.
func TestBrokenSHD(t *testing.T) {
	broken := func(path string) error {
		s, err := events.OpenSHD(path)
		for i := 0; err == nil && i < s.N; i++ {
			err = s.Each(i, func(events.Event, func() string) error { return nil })
		}
		return err
	}
	wantError(t, broken("testdata/shd_uneven.h5"), "shd_uneven.h5: sample 2 has 4 times and 3 units, want one of each for a spike [bad-file]")
	whole, err := os.ReadFile("testdata/shd.h5")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ old, new, want string }{
		"no times":       {"times\x00", "timez\x00", `/spikes: has no "times"; did you mean "timez"?; want the datasets spikes/times and spikes/units, as the spiking Heidelberg data have [unknown-name]`},
		"a time of NaN":  {"\x00\x34\x00\x3e", "\x00\x7e\x00\x3e", "spike 0 of sample 2 (both from 0) is at NaN s, want 0 to 4294.967295 s [bad-file]"},
		"a time below 0": {"\x00\x34\x00\x3e", "\x00\x34\x00\xbe", "spike 1 of sample 2 (both from 0) is at -1.5 s, want 0 to 4294.967295 s [bad-file]"},
		"no HDF5":        {"\x89HDF", "\x89PNG", "is no HDF5 file: it does not begin with the signature (at byte 0) [bad-file]"},
	} {
		t.Run(name, func(t *testing.T) {
			file := strings.Replace(string(whole), test.old, test.new, 1)
			wantError(t, broken(written(t, "a.h5", []byte(file))), "a.h5: "+test.want)
		})
	}
}

func TestLayout(t *testing.T) {
	e := events.Event{X: 3, Y: 1, On: true}
	for name, test := range map[string]struct {
		shape         []int
		width, height int
		fit           events.Fit
		polarity      events.Polarity
		event         events.Event
		want          int
		wrong         string
	}{
		"darker first":         {shape: []int{2, 2, 4}, event: e, want: 8 + 4 + 3},
		"brighter first":       {shape: []int{2, 2, 4}, polarity: events.OnOff, event: e, want: 4 + 3},
		"darker behind":        {shape: []int{2, 2, 4}, polarity: events.OnOff, event: events.Event{X: 1}, want: 8 + 1},
		"merged":               {shape: []int{2, 4}, event: e, want: 4 + 3},
		"outside":              {shape: []int{2, 3}, event: e, wrong: "is at x 3, y 1, want x 0 to 2 and y 0 to 1"},
		"cropped":              {shape: []int{2, 2, 3}, width: 6, height: 3, fit: events.Crop, event: e, want: 6 + 3 + 2},
		"cropped away":         {shape: []int{2, 2, 3}, width: 6, height: 3, fit: events.Crop, event: events.Event{X: 4}, want: -1},
		"scaled":               {shape: []int{2, 4}, width: 10, height: 3, fit: events.Scale, event: events.Event{X: 9, Y: 2}, want: 4 + 3},
		"scaled, first block":  {shape: []int{2, 4}, width: 10, height: 3, fit: events.Scale, event: events.Event{X: 2, Y: 1}, want: 0},
		"the sensor is larger": {shape: []int{2, 2, 4}, width: 6, height: 3, wrong: "the sensor has 6 × 3 places (width × height), but shape [2, 2, 4] has 4 × 2"},
		"nothing to scale":     {shape: []int{2, 4}, fit: events.Scale, wrong: "the file does not say how large its sensor is, so there is nothing to scale"},
		"nothing to crop":      {shape: []int{4, 7}, width: 6, height: 9, fit: events.Crop, wrong: "the sensor has 6 × 9 places (width × height), fewer than the 7 × 4 of shape [4, 7]: there is nothing to crop"},
		"a list":               {shape: []int{700}, wrong: "the shape is [700], want [2, height, width] or [height, width] for the events of a camera"},
		"merged in two":        {shape: []int{2, 2, 4}, polarity: events.Merged, wrong: "the shape is [2, 2, 4], want [height, width] for the events of a camera, both polarities merged"},
	} {
		t.Run(name, func(t *testing.T) {
			got := 0
			l, err := events.Camera(test.shape, test.width, test.height, test.fit, test.polarity)
			if err == nil {
				got, err = l.Place(test.event)
			}
			if wrong := fmt.Sprint(err); err != nil && wrong != test.wrong || err == nil && test.wrong != "" || got != test.want {
				t.Errorf("got %d, %v, want %d, %s", got, err, test.want, test.wrong)
			}
		})
	}
	if _, err := events.Units(700).Place(events.Event{X: 700}); fmt.Sprint(err) != "is of unit 700, want 0 to 699" {
		t.Errorf("unit 700: %v", err)
	}
}
