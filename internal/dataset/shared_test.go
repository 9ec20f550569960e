package dataset_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/weft-toolchain/weft/internal/dataset"
	"github.com/weft-toolchain/weft/internal/shared"
)

func TestMNIST(t *testing.T) {
	s, err := dataset.Load(dataset.Options{
		Format: dataset.IDX, Scale: 255,
		Images: shared.File(t, "data/mnist/t10k-images-idx3-ubyte.gz"),
		Labels: shared.File(t, "data/mnist/t10k-labels-idx1-ubyte.gz"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{28, 28}, s.Shape); diff != "" || s.N != 10000 || s.Classes != 10 {
		t.Errorf("%d samples, %d classes, shape (-want +got)\n%s", s.N, s.Classes, diff)
	}
	if diff := cmp.Diff([]int{7, 2, 1, 0, 4}, s.Labels[:5]); diff != "" {
		t.Errorf("labels (-want +got)\n%s", diff)
	}
	image := make([]float64, 784)
	s.Sample(0, image)
	if got := image[7*28+6]; got != 84.0/255 {
		t.Errorf("row 7, column 6 of sample 0 is %v, want 84/255", got)
	}
}

func TestTables(t *testing.T) {
	for _, test := range []struct {
		file                 string
		n, features, classes int
	}{
		{"iris.csv", 150, 4, 3},
		{"wine_data.csv", 178, 13, 3},
		{"breast_cancer.csv", 569, 30, 2},
		{"digits.csv.gz", 1797, 64, 10},
	} {
		s, err := dataset.Load(dataset.Options{Format: dataset.CSV, File: shared.File(t, "data/tabular/"+test.file), Label: "-1"})
		if err != nil {
			t.Errorf("%s: %v", test.file, err)
			continue
		}
		if s.N != test.n || s.Size() != test.features || s.Classes != test.classes {
			t.Errorf("%s: %d samples of %d values in %d classes, want %d of %d in %d", test.file, s.N, s.Size(), s.Classes, test.n, test.features, test.classes)
		}
	}
}
