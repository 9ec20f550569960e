// The inner loops of a core in C with AVX-512 intrinsics: what a processor can do,
// which main.go puts beside what package kernel does.
//
//     limit bits|rows AXONS-IN-1000 TICKS
//
// prints the nanoseconds of a tick of a core, and a sum over what fired.

#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CORES = 64, AXONS = 256, LANES = 256, TYPES = 4, LISTS = 101, LEAK = 16, ABOVE = 799 };

static uint64_t bits[CORES][AXONS][LANES / 64] __attribute__((aligned(64)));
static int8_t weights[CORES][TYPES][LANES] __attribute__((aligned(64)));
static int8_t whole[CORES][AXONS][LANES] __attribute__((aligned(64)));
static uint8_t types[CORES][AXONS];
static int32_t v[CORES][LANES] __attribute__((aligned(64)));
static int32_t lists[LISTS][AXONS];
static int lengths[LISTS];
static uint64_t fired[LANES / 64];

static uint64_t state;

static uint64_t next(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z ^= z >> 30, z *= 0xbf58476d1ce4e5b9;
  z ^= z >> 27, z *= 0x94d049bb133111eb;
  return z ^ z >> 31;
}

// The network, as draw of main.go draws it.
static void draw(int share) {
  state = 1;
  for (int c = 0; c < CORES; c++) {
    for (int a = 0; a < AXONS; a++) {
      types[c][a] = next() % TYPES;
      for (int k = 0; k < LANES / 64; k++) bits[c][a][k] = next();
    }
    for (int l = 0; l < LANES; l++) {
      int a = 1 + next() % 3, b = 1 + next() % 3;
      weights[c][0][l] = a, weights[c][1][l] = -a, weights[c][2][l] = b, weights[c][3][l] = -b;
      v[c][l] = next() % 800;
    }
    for (int a = 0; a < AXONS; a++)
      for (int l = 0; l < LANES; l++) whole[c][a][l] = weights[c][types[c][a]][l] * (int)(bits[c][a][l / 64] >> l % 64 & 1);
  }
  for (int k = 0; k < LISTS; k++) {
    lengths[k] = 0;
    for (int a = 0; a < AXONS; a++)
      if ((int)(next() % 1000) < share) lists[k][lengths[k]++] = a;
  }
}

// update updates 16 neurons and returns which fire.
static inline __mmask16 update(int32_t *at, __m512i sums) {
  __m512i x = _mm512_add_epi32(_mm512_add_epi32(_mm512_load_si512(at), sums), _mm512_set1_epi32(LEAK));
  __mmask16 fires = _mm512_cmpgt_epi32_mask(x, _mm512_set1_epi32(ABOVE));
  _mm512_store_si512(at, _mm512_maskz_mov_epi32(~fires, x));
  return fires;
}

static inline void update8(int c, const __m512i acc[4]) {
  for (int k = 0; k < 4; k++) {
    int32_t *at = &v[c][64 * k];
    uint64_t f = update(at, _mm512_cvtepi8_epi32(_mm512_castsi512_si128(acc[k])));
    f |= (uint64_t)update(at + 16, _mm512_cvtepi8_epi32(_mm512_extracti32x4_epi32(acc[k], 1))) << 16;
    f |= (uint64_t)update(at + 32, _mm512_cvtepi8_epi32(_mm512_extracti32x4_epi32(acc[k], 2))) << 32;
    f |= (uint64_t)update(at + 48, _mm512_cvtepi8_epi32(_mm512_extracti32x4_epi32(acc[k], 3))) << 48;
    fired[k] = f;
  }
}

static inline void update16(int c, const __m512i acc[8]) {
  for (int k = 0; k < 4; k++) {
    int32_t *at = &v[c][64 * k];
    uint64_t f = 0;
    for (int h = 0; h < 2; h++) {
      __m512i z = acc[2 * k + h];
      f |= (uint64_t)update(at + 32 * h, _mm512_cvtepi16_epi32(_mm512_castsi512_si256(z))) << 32 * h;
      f |= (uint64_t)update(at + 32 * h + 16, _mm512_cvtepi16_epi32(_mm512_extracti64x4_epi64(z, 1))) << (32 * h + 16);
    }
    fired[k] = f;
  }
}

// tick_bits is a tick of a core of bits: sums of few rows fit bytes.
static __attribute__((noinline)) void tick_bits(int c, const int32_t *list, int n) {
  if (3 * n <= 127) {
    __m512i acc[4] = {0};
    for (int i = 0; i < n; i++) {
      const uint64_t *row = bits[c][list[i]];
      const __m512i *w = (const __m512i *)weights[c][types[c][list[i]]];
      for (int k = 0; k < 4; k++) acc[k] = _mm512_mask_add_epi8(acc[k], row[k], acc[k], w[k]);
    }
    update8(c, acc);
    return;
  }
  __m512i acc[8] = {0};
  for (int i = 0; i < n; i++) {
    const uint32_t *row = (const uint32_t *)bits[c][list[i]];
    const __m256i *w = (const __m256i *)weights[c][types[c][list[i]]];
    for (int k = 0; k < 8; k++) acc[k] = _mm512_mask_add_epi16(acc[k], row[k], acc[k], _mm512_cvtepi8_epi16(w[k]));
  }
  update16(c, acc);
}

// tick_rows is a tick of a core of whole rows of 8 bits.
static __attribute__((noinline)) void tick_rows(int c, const int32_t *list, int n) {
  __m512i acc[8] = {0};
  for (int i = 0; i < n; i++) {
    const __m256i *row = (const __m256i *)whole[c][list[i]];
    for (int k = 0; k < 8; k++) acc[k] = _mm512_add_epi16(acc[k], _mm512_cvtepi8_epi16(row[k]));
  }
  update16(c, acc);
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int ticks = atoi(argv[3]);
  void (*tick)(int, const int32_t *, int) = strcmp(argv[1], "rows") ? tick_bits : tick_rows;
  draw(atoi(argv[2]));
  uint64_t sum = 0;
  double start = seconds();
  for (int i = 0; i < ticks; i++) {
    tick(i % CORES, lists[i % LISTS], lengths[i % LISTS]);
    for (int k = 0; k < LANES / 64; k++) sum += fired[k] * (uint64_t)(k + 1);
  }
  printf("%.3f %llu\n", (seconds() - start) * 1e9 / ticks, (unsigned long long)sum);
}
