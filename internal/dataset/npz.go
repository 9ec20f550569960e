package dataset

import "github.com/weft-toolchain/weft/internal/ndarray"

func loadNPZ(file, images, labels string) (*Set, error) {
	shape, values, err := ndarray.LoadFloat32(file, images)
	if err != nil {
		return nil, arrayError(file, err)
	}
	list, err := ndarray.Load(file, labels)
	if err != nil {
		return nil, arrayError(file, err)
	}
	imagesAt, labelsAt := place{file, images}, place{file, labels}
	if err := checkSamples(imagesAt, shape, labelsAt, list.Shape); err != nil {
		return nil, err
	}
	if err := checkFinite(imagesAt, shape, values); err != nil {
		return nil, err
	}
	numbers, err := toLabels(labelsAt, list.Data)
	if err != nil {
		return nil, err
	}
	return build(shape[1:], numbers, nil, values), nil
}
