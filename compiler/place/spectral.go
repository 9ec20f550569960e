package place

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// axes is the coordinates of cores along two axes.
type axes [2][]float64

// block is how many vectors are iterated together: the constant one apart, as
// many as a sheet has low ones of nearly the same frequency.
const block = 4

// degree and rounds are the degree of the filter and how often it is applied.
const (
	degree = 16
	rounds = 8
)

// spectral returns the coordinates of all cores by the two smoothest vectors of
// the graph of what they exchange, so that cores that talk are near (Hall 1970).
// The vectors are those of the random walk on the graph, found by subspace
// iteration with a Chebyshev filter (Zhou, Saad, Tiago and Chelikowsky 2006).
func (m *model) spectral(seed uint64) axes {
	g := newWalkGraph(m)
	r := rand.New(rand.NewPCG(seed, seed))
	var v [block][]float64
	for k := range v {
		v[k] = make([]float64, m.cores)
		for c := range v[k] {
			v[k][c] = r.NormFloat64()
		}
	}
	bound := 0.0 // the filter damps what is between −1 and bound
	for range rounds {
		for k := range v {
			v[k] = g.filter(v[k], bound)
		}
		g.orthonormalise(&v)
		values := g.rotate(&v)
		bound = min(max(values[block-1], bound), 0.999)
	}
	a := axes{v[0], v[1]}
	for k := range a {
		for c := range a[k] {
			a[k][c] *= g.scale[c]
		}
	}
	return a
}

// walkGraph is the symmetric matrix D^-½ A D^-½ of what the cores exchange.
type walkGraph struct {
	first, other []int32
	value        []float64
	scale        []float64 // 1/√ of what each core exchanges
	trivial      []float64 // its first vector
}

func newWalkGraph(m *model) *walkGraph {
	n := m.cores
	g := &walkGraph{first: make([]int32, n+1), scale: make([]float64, n), trivial: make([]float64, n)}
	var all float64
	for c := range n {
		var sum float64
		for _, l := range m.of(int32(c)) {
			if int(l.core) < n {
				g.other, g.value = append(g.other, l.core), append(g.value, float64(l.out+l.in))
				sum += float64(l.out + l.in)
			}
		}
		g.first[c+1] = int32(len(g.other))
		if sum > 0 {
			g.scale[c] = 1 / math.Sqrt(sum)
		}
		g.trivial[c] = math.Sqrt(sum)
		all += sum
	}
	for c := range n {
		if all > 0 {
			g.trivial[c] /= math.Sqrt(all)
		}
		for i := g.first[c]; i < g.first[c+1]; i++ {
			g.value[i] *= g.scale[c] * g.scale[g.other[i]]
		}
	}
	return g
}

func (g *walkGraph) times(v []float64) []float64 {
	out := make([]float64, len(v))
	for c := range out {
		var sum float64
		for i := g.first[c]; i < g.first[c+1]; i++ {
			sum += float64(g.value[i] * v[g.other[i]])
		}
		out[c] = sum
	}
	return out
}

// filter returns T(v), where T is the Chebyshev polynomial that is small on
// −1..bound and grows beyond, and takes the trivial vector out.
func (g *walkGraph) filter(v []float64, bound float64) []float64 {
	centre, half := (bound-1)/2, (bound+1)/2
	g.without(v, g.trivial)
	before, now := v, g.times(v)
	for c := range now {
		now[c] = float64(now[c]-float64(centre*v[c])) / half
	}
	for range degree - 1 {
		next := g.times(now)
		for c := range next {
			next[c] = float64(2*float64(next[c]-float64(centre*now[c]))/half) - before[c]
		}
		before, now = now, next
	}
	g.without(now, g.trivial)
	return now
}

// without takes the part along the unit vector u out of v.
func (*walkGraph) without(v, u []float64) {
	d := dot(v, u)
	for c := range v {
		v[c] -= float64(d * u[c])
	}
}

func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}

// orthonormalise is Gram and Schmidt's way, done twice.
func (g *walkGraph) orthonormalise(v *[block][]float64) {
	for k := range v {
		for range 2 {
			for j := range k {
				g.without(v[k], v[j])
			}
		}
		if norm := math.Sqrt(dot(v[k], v[k])); norm > 0 {
			for c := range v[k] {
				v[k][c] /= norm
			}
		}
	}
}

// rotate turns the vectors within the space that they span so that they are
// the best approximations of the matrix's own vectors there (Rayleigh and
// Ritz), and returns their values, the largest first.
func (g *walkGraph) rotate(v *[block][]float64) [block]float64 {
	var a, turn [block][block]float64
	for k := range v {
		image := g.times(v[k])
		for j := range v {
			a[k][j] = dot(image, v[j])
		}
		turn[k][k] = 1
	}
	jacobi(&a, &turn)
	order := []int{0, 1, 2, 3}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(a[j][j], a[i][i]) })
	var turned [block][]float64
	var values [block]float64
	for k, i := range order {
		values[k] = a[i][i]
		turned[k] = make([]float64, len(v[0]))
		for c := range turned[k] {
			for j := range v {
				turned[k][c] += float64(v[j][c] * turn[j][i])
			}
		}
	}
	*v = turned
	return values
}

// jacobi makes the symmetric matrix a diagonal by plane rotations, and turns the
// columns of turn along.
func jacobi(a, turn *[block][block]float64) {
	const sweeps = 20
	for range sweeps {
		for p := range block {
			for q := p + 1; q < block; q++ {
				if math.Abs(a[p][q]) < 1e-300 {
					continue
				}
				theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
				t := 1 / (math.Abs(theta) + math.Sqrt(float64(theta*theta)+1))
				if theta < 0 {
					t = -t
				}
				cos := 1 / math.Sqrt(float64(t*t)+1)
				sin := t * cos
				for k := range block {
					a[k][p], a[k][q] = float64(cos*a[k][p])-float64(sin*a[k][q]), float64(sin*a[k][p])+float64(cos*a[k][q])
				}
				for k := range block {
					a[p][k], a[q][k] = float64(cos*a[p][k])-float64(sin*a[q][k]), float64(sin*a[p][k])+float64(cos*a[q][k])
					turn[k][p], turn[k][q] = float64(cos*turn[k][p])-float64(sin*turn[k][q]), float64(sin*turn[k][p])+float64(cos*turn[k][q])
				}
			}
		}
	}
}
