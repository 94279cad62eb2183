package serializers_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/nuages-go/nuages/internal/testmodels/newsroom"
	"github.com/nuages-go/nuages/orm"
	"github.com/nuages-go/nuages/serializers"
)

// tagFixture is a fixture of n objects.
func tagFixture(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, `{"model": "newsroom.tag", "pk": %d, "fields": {"slug": "slug-%d", "label": "Label %d"}}`+"\n", i+1, i, i)
	}
	return b.Bytes()
}

// TestConstantMemory dumps and loads many rows and looks at the heap meanwhile.
func TestConstantMemory(t *testing.T) {
	rows := 100_000
	if testing.Short() {
		rows = 10_000
	}
	ctx := newsroomDB(t)
	fixture := tagFixture(rows)
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var highest uint64
	look := func() {
		runtime.GC()
		runtime.ReadMemStats(&now)
		highest = max(highest, now.HeapAlloc)
	}
	slow := &lookingReader{r: bytes.NewReader(fixture), look: look, every: len(fixture) / 4}
	src := serializers.Source{Name: "tags", Format: serializers.JSONL, Open: func() (io.ReadCloser, error) { return io.NopCloser(slow), nil }}
	res, err := serializers.Load(ctx, serializers.LoadOptions{Extensions: extensions}, nil, src)
	if err != nil || res.Saved != rows {
		t.Fatalf("Load = %+v, %v", res, err)
	}
	app := []serializers.App{{Label: "newsroom", Models: []orm.Model{orm.ModelOf[newsroom.Tag]()}}}
	n, err := serializers.Dump(ctx, io.Discard, app, serializers.DumpOptions{Progress: func(done, all int) {
		if done%(all/4) == 0 {
			look()
		}
	}})
	if err != nil || n != rows {
		t.Fatalf("Dump = %d, %v", n, err)
	}
	const most = 16 << 20
	if highest > before.HeapAlloc+most {
		t.Errorf("the heap grew by %d KiB, want less than %d", (highest-before.HeapAlloc)>>10, most>>10)
	}
	runtime.KeepAlive(fixture)
}

// lookingReader calls look from time to time.
type lookingReader struct {
	r           io.Reader
	look        func()
	every, read int
}

func (l *lookingReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if (l.read+n)/l.every != l.read/l.every {
		l.look()
	}
	l.read += n
	return n, err
}

// benchRows is the number of rows that the benchmarks write and read each time.
const benchRows = 10_000

// perSecond says how many rows a second a benchmark does.
func perSecond(b *testing.B) {
	b.Helper()
	b.ReportMetric(benchRows*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkDump(b *testing.B) {
	ctx := newsroomDB(b)
	if _, err := serializers.Load(ctx, serializers.LoadOptions{Extensions: extensions}, nil, text(serializers.JSONL, string(tagFixture(benchRows)))); err != nil {
		b.Fatal(err)
	}
	for _, format := range serializers.Formats() {
		b.Run(string(format), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := serializers.Serialize(ctx, io.Discard, format, orm.ModelOf[newsroom.Tag]().Records().OrderBy(), serializers.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b)
		})
	}
}

// BenchmarkLoad loads into an empty table.
func BenchmarkLoad(b *testing.B) {
	ctx := newsroomDB(b)
	load := func(b *testing.B, format serializers.Format, fixture string) {
		if _, err := serializers.Load(ctx, serializers.LoadOptions{Extensions: extensions}, nil, text(format, fixture)); err != nil {
			b.Fatal(err)
		}
	}
	load(b, serializers.JSONL, string(tagFixture(benchRows)))
	fixtures := map[serializers.Format]string{}
	for _, format := range serializers.Formats() {
		var w bytes.Buffer
		if err := serializers.Serialize(ctx, &w, format, orm.ModelOf[newsroom.Tag]().Records().OrderBy(), serializers.Options{}); err != nil {
			b.Fatal(err)
		}
		fixtures[format] = w.String()
	}
	for _, format := range serializers.Formats() {
		b.Run(string(format), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				if _, err := orm.Exec(ctx, "DELETE FROM newsroom_tag"); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				load(b, format, fixtures[format])
			}
			perSecond(b)
		})
	}
}
