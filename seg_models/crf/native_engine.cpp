// Mean-field inference in a fully connected CRF on the processor's cores, with a plain C interface.
//
// Krähenbühl & Koltun, "Efficient Inference in Fully Connected CRFs with Gaussian Edge Potentials",
// NIPS 2011, arXiv:1210.5644. Every pixel i keeps marginals Q_i(l), one for each class l. In an
// iteration of algorithm 1,
//
//     Q_i(l)  =  1 / Z_i  P_i(l)  exp( sum_m  w_m  sum_j  k_m(f_i, f_j) Q_j(l) ),
//
// with the network's P, and k_m the two kernels of equation 3: appearance and smoothness. The
// inner sum, the message, is a Gaussian filter of Q over the features f. Adams, Baek & Davis,
// "Fast High-Dimensional Filtering Using the Permutohedral Lattice", Eurographics 2010, does it in
// time linear in the pixels: *splat* to the vertices of a lattice, *blur* there, *slice* from them.
// `lattice.py` and `simplex.py` say the same in PyTorch, with the reasons; here it is made fast:
//
// - The lattice is built in one sweep over the photo. Vertices are found in a hash table and
//   numbered as the photo first meets them, so that what neighbouring pixels visit lies together.
// - An iteration is one sweep, too: slice both kernels, update Q, splat it for the next. No Q is
//   stored, nor read again.
// - A vertex's classes are a row of whole vectors of 8 floats.
//
// Every number is the same whatever the threads: the photo is cut into bands by its size alone.
// What a band splats to a vertex that an earlier band has met first goes to a row of the band's
// own, a *ghost*, and ghosts are added to their vertices in the order of the bands.

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

// ---- Vectors -------------------------------------------------------------------------------
// The compiler makes one AVX register of each, or two of SSE or NEON.

constexpr int LANES = 8;
using Vector = float __attribute__((vector_size(4 * LANES)));
using Integers = int32_t __attribute__((vector_size(4 * LANES)));

inline Vector all(float value) { return value - Vector{}; }

inline Vector larger(Vector a, Vector b) { return a > b ? a : b; }

inline Vector smaller(Vector a, Vector b) { return a < b ? a : b; }

// a b + c, rounded once where the processor can. The compiler itself is told not to fuse: points on
// the border of two simplices must fall to the same side as in the paper's own code.
inline Vector multiply_add(Vector a, Vector b, Vector c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
    Vector sum;
    for (int i = 0; i < LANES; ++i) sum[i] = __builtin_fmaf(a[i], b[i], c[i]);
    return sum;
#else
    return a * b + c;
#endif
}

// Returns lanes of `a`, numbered from 0, and of `b`, from LANES.
template <int... lanes>
inline Vector shuffled(Vector a, Vector b) {
#ifdef __clang__
    return __builtin_shufflevector(a, b, lanes...);
#else
    return __builtin_shuffle(a, b, Integers{lanes...});
#endif
}

template <int... lanes>
inline Vector shuffled(Vector v) {
    return shuffled<lanes...>(v, v);
}

// Makes columns of LANES rows: three perfect shuffles of them, as of a deck of cards.
inline void transpose(Vector* rows) {
    for (int round = 0; round < 3; ++round) {
        Vector mixed[LANES];
        for (int i = 0; i < LANES / 2; ++i) {
            mixed[2 * i] = shuffled<0, 8, 1, 9, 2, 10, 3, 11>(rows[i], rows[i + 4]);
            mixed[2 * i + 1] = shuffled<4, 12, 5, 13, 6, 14, 7, 15>(rows[i], rows[i + 4]);
        }
        std::copy(mixed, mixed + LANES, rows);
    }
}

// Returns, in every lane, what `both` makes of all lanes together.
template <class Both>
inline Vector across(Vector v, Both both) {
    v = both(v, shuffled<4, 5, 6, 7, 0, 1, 2, 3>(v));
    v = both(v, shuffled<2, 3, 0, 1, 6, 7, 4, 5>(v));
    return both(v, shuffled<1, 0, 3, 2, 5, 4, 7, 6>(v));
}

inline Vector total(Vector v) {
    return across(v, [](Vector a, Vector b) { return a + b; });
}

// Returns the first lane that is not 0, or LANES if all are.
inline int first(Integers lanes) {
#ifdef __AVX__
    return __builtin_ctz(__builtin_ia32_movmskps256(Vector(lanes)) | 1 << LANES);
#else
    int lane = 0;
    while (lane < LANES && !lanes[lane]) ++lane;
    return lane;
#endif
}

// To the nearest whole number, halves to the even one.
inline Vector rounded(Vector v) {
    constexpr float limit = 8388608;  // 2^23: from here on a float has no fraction
    const Vector shift = v < 0 ? all(-limit) : all(limit);
    return (v < limit) & (v > -limit) ? (v + shift) - shift : v;
}

inline Vector floored(Vector v) {
    const Vector nearest = rounded(v);
    return nearest > v ? nearest - 1 : nearest;
}

// 2^v for v from -126 to 126, to one part in ten million.
inline Vector power_of_two(Vector v) {
    const Vector shifted = v + 12582912.f;         // 1.5 * 2^23: the last bits are v's whole part
    const Vector x = v - (shifted - 12582912.f);  // from -0.5 to 0.5
    // Taylor's series, of (ln 2)^n / n!
    Vector power = multiply_add(all(1.54035304e-4f), x, all(1.33335581e-3f));
    power = multiply_add(power, x, all(9.61812911e-3f));
    power = multiply_add(power, x, all(5.55041087e-2f));
    power = multiply_add(power, x, all(2.40226507e-1f));
    power = multiply_add(power, x, all(6.93147181e-1f));
    power = multiply_add(power, x, all(1));
    Integers bits, whole;
    std::memcpy(&bits, &power, sizeof bits);
    std::memcpy(&whole, &shifted, sizeof whole);
    bits += whole << 23;  // onto the exponent
    std::memcpy(&power, &bits, sizeof power);
    return power;
}

// ---- Memory --------------------------------------------------------------------------------

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};

template <class T>
using Array = std::unique_ptr<T[], Free>;

// Returns room for `count` values, not set to anything.
template <class T>
Array<T> allocate(int64_t count) {
    void* memory = std::aligned_alloc(64, (count * sizeof(T) + 63) / 64 * 64);
    if (!memory) throw std::bad_alloc();
    return Array<T>(static_cast<T*>(memory));
}

// ---- Threads -------------------------------------------------------------------------------

using Task = std::function<void(int64_t)>;

// This thread and its helpers, for the length of one call from outside.
class Team {
   public:
    explicit Team(int threads) {
        try {
            for (int i = 1; i < threads; ++i) helpers.emplace_back([this] { help(); });
        } catch (const std::system_error&) {
        }  // the system allows no more: those that there are will do
    }

    ~Team() {
        leaving = true;
        announce();
        for (auto& helper : helpers) helper.join();
    }

    // Does task(0), ..., task(count - 1), each once, in any order, and returns when all are done.
    void each(int64_t count, const Task& given) {
        task = &given;
        unfinished.store(count, std::memory_order_relaxed);
        waiting.store(count, std::memory_order_release);
        if (!helpers.empty() && count > 1) announce();
        work();
        for (int turn = 0; unfinished.load(std::memory_order_acquire) > 0; ++turn) idle(turn);
        if (out_of_memory) throw std::bad_alloc();
    }

   private:
    void work() {
        // Whoever draws a number above 0 has a task of this round, which cannot end before it.
        int64_t number;
        while ((number = waiting.fetch_sub(1, std::memory_order_acq_rel)) > 0) {
            try {
                (*task)(number - 1);
            } catch (const std::bad_alloc&) {
                out_of_memory = true;
            }
            unfinished.fetch_sub(1, std::memory_order_acq_rel);
        }
    }

    void help() {
        for (uint32_t seen = 0;; work()) {
            for (int turn = 0; turn < PATIENCE && rounds.load(std::memory_order_acquire) == seen;)
                idle(turn++);
            rounds.wait(seen, std::memory_order_acquire);
            seen = rounds.load(std::memory_order_acquire);
            if (leaving) return;
        }
    }

    void announce() {
        rounds.fetch_add(1, std::memory_order_acq_rel);
        rounds.notify_all();
    }

    // Waits a moment: for the first at full speed, then in the favour of whoever needs the core.
    static void idle(int turn) {
        if (turn > PATIENCE / 2) return std::this_thread::yield();
#if defined(__x86_64__) || defined(__i386__)
        __builtin_ia32_pause();
#endif
    }

    static constexpr int PATIENCE = 2000;  // about 100 microseconds

    std::vector<std::thread> helpers;
    const Task* task = nullptr;
    std::atomic<int64_t> waiting{0}, unfinished{0};
    std::atomic<uint32_t> rounds{0};
    std::atomic<bool> leaving{false}, out_of_memory{false};
};

// Does each(first, end) for pieces of the numbers below `count`.
template <class Each>
void in_pieces(Team& team, int64_t count, const Each& each) {
    constexpr int64_t piece = 1024;
    team.each((count + piece - 1) / piece, [&](int64_t number) {
        each(number * piece, std::min(count, (number + 1) * piece));
    });
}

// ---- The photo -----------------------------------------------------------------------------

struct Photo {
    int64_t height, width;

    int64_t pixels() const { return height * width; }

    // Even, and so high that few vertices lie in several: about 100 pixels.
    int bands() const { return 2 * int(std::clamp<int64_t>(height / 160, 1, 8)); }

    int64_t begin(int64_t band) const { return height * band / bands() * width; }
    int64_t end(int64_t band) const { return begin(band + 1); }
};

// ---- The lattice ---------------------------------------------------------------------------

struct Lattice {
    Photo photo;
    int64_t vertices = 0;            // rows 0 to vertices - 1, in the order in which they were met
    std::vector<int32_t> ghosts;     // the vertices of the rows that follow, band after band
    std::vector<int64_t> ghosts_of;  // where among them each band's begin
    Array<int32_t> rows;             // (pixels, axes): where a pixel splats to and slices from,
    Array<float> slice, splat;       // (pixels, axes): and by which weights; no `splat`: as `slice`
    Array<int32_t> neighbours;       // (axes, vertices, 2): one step on and one step back

    int64_t nobody() const { return vertices + int64_t(ghosts.size()); }  // a row of zeros
    int64_t all_rows() const { return nobody() + 1; }
    const float* splats() const { return splat ? splat.get() : slice.get(); }
};

// Gives keys the numbers 0, 1, 2, ... in the order in which it meets them.
class Numbers {
   public:
    std::vector<int64_t> keys;

    int32_t operator()(int64_t key) {
        size_t place = find(key);
        if (slots[place].number < 0) {
            if (2 * keys.size() >= slots.size()) {
                make_room(2 * keys.size());
                place = find(key);
            }
            slots[place] = {key, int32_t(keys.size())};
            keys.push_back(key);
        }
        return slots[place].number;
    }

    int32_t known(int64_t key) const { return slots[find(key)].number; }  // -1 if it is not

    // The table is larger than the fastest caches; whoever knows what it will ask says so before.
    void expect(int64_t key) const { __builtin_prefetch(&slots[home(key) & (slots.size() - 1)]); }

    void make_room(size_t count) {
        size_t size = slots.size();
        while (size < 2 * count) size *= 2;
        slots.assign(size, Slot{});
        for (size_t i = 0; i < keys.size(); ++i) slots[find(keys[i])] = {keys[i], int32_t(i)};
    }

   private:
    struct Slot {
        int64_t key = 0;
        int32_t number = -1;
    };

    static size_t home(int64_t key) {
        return uint64_t(key) * 0x9E3779B97F4A7C15u >> 20;  // Fibonacci hashing
    }

    size_t find(int64_t key) const {
        size_t place = home(key);
        while (true) {
            place &= slots.size() - 1;
            if (slots[place].number < 0 || slots[place].key == key) return place;
            ++place;
        }
    }

    std::vector<Slot> slots = std::vector<Slot>(1024);
};

// A vertex's key is a number with mixed radix, unique and such that neighbours' keys differ by
// fixed steps. Of its digits, these rows say what a step along each axis adds to them.
template <int D>
constexpr int DIGITS[D][D + 1] = {};
template <>
constexpr int DIGITS<2>[2][3] = {{1, 1, -2}, {-1, 2, -1}};
template <>
constexpr int DIGITS<5>[5][6] = {{1, 1, -2, 0, 0, 0},
                                 {1, -1, 0, 0, 0, 0},
                                 {0, 0, 1, -1, 0, 0},
                                 {0, 0, 0, 1, -1, 0},
                                 {-1, -1, -1, -1, 5, -1}};

// Lays the lattice around the pixels of a photo: D features each, D + 1 vertices around them.
template <int D>
class Builder {
   public:
    static constexpr int AXES = D + 1;

    Builder(Photo photo, const uint8_t* colours, float reach, float colour_reach)
        : photo(photo), colours(colours), reaches{reach, reach} {
        std::fill(reaches + 2, reaches + D, colour_reach);
        const double deviation = float(std::sqrt(2. / 3) * AXES);
        for (int i = 0; i < D; ++i) scales[i] = float(deviation / std::sqrt((i + 1.) * (i + 2.)));
    }

    // Chooses the keys' steps; returns whether 62 bits suffice for them.
    bool count_keys() {
        double stride = 1;
        for (int digit = D - 1; digit >= 0; --digit) {
            const int* change = DIGITS<D>[digit];
            double low = 0, high = 0;  // of the digit, among the photo's points
            for (int i = 0; i < D; ++i) {
                float feature[D] = {}, elevated[AXES];
                const int64_t levels[] = {photo.width, photo.height, 256, 256, 256};
                feature[i] = float(levels[i] - 1) / reaches[i];
                elevate(feature, elevated);
                double sum = 0;
                for (int axis = 0; axis < AXES; ++axis)
                    sum += change[axis] * double(elevated[axis]);
                (sum < 0 ? low : high) += sum / AXES;
            }
            int largest = 0, both_ways = 0;
            for (int axis = 0; axis < AXES; ++axis) {
                largest = std::max(largest, std::abs(change[axis]));
                both_ways += std::abs(change[axis]);
            }
            // A vertex lies at most so far from a point in its simplex.
            const double far = both_ways / 2. + 0.01 + 1e-5 * std::max(-low, high);
            const double first = std::ceil(low - far), last = std::floor(high + far);
            // With a gap as wide as a step: a key and a step make a key in use for neighbours only.
            const double radix = last - first + 1 + largest;
            if (stride * radix > 4e18) return false;
            for (int axis = 0; axis < AXES; ++axis) steps[axis] += int64_t(stride) * change[axis];
            lowest += int64_t(stride) * int64_t(first);
            stride *= radix;
        }
        return true;
    }

    std::unique_ptr<Lattice> build(Team& team, bool symmetric) {
        lattice->photo = photo;
        lattice->rows = allocate<int32_t>(photo.pixels() * AXES);
        lattice->slice = allocate<float>(photo.pixels() * AXES);
        bands.resize(photo.bands());
        team.each(photo.bands(), [&](int64_t band) { embed(band); });
        number_vertices();
        team.each(photo.bands(), [&](int64_t band) {
            for (int64_t i = photo.begin(band) * AXES; i < photo.end(band) * AXES; ++i)
                lattice->rows[i] = bands[band].rows[lattice->rows[i]];
        });
        find_neighbours(team);
        normalise(team, symmetric);
        return std::move(lattice);
    }

   private:
    static constexpr int64_t AHEAD = 8;  // keys that are looked up after one that is expected

    struct Band {
        Numbers numbers;
        std::vector<float> mass;    // what the vertices get if every pixel splats 1
        std::vector<int32_t> rows;  // of the vertices in the lattice
    };

    // Where 8 points lie: in which simplex, and where in it. Its vertex of colour 0 is `multiples`
    // times D + 1; from there it is `offsets` times D + 1 to the point. From the vertex of colour k
    // to that of colour k + 1 it is a step back along the axis with turn k.
    struct Place {
        Vector offsets[AXES];
        Integers multiples[AXES], turns[AXES];
    };

    // Matrix E of Adams et al., section 3, in the order of their program.
    template <class T>
    void elevate(const T* features, T* elevated) const {
        elevated[0] = T{};
        for (int axis = D; axis > 0; --axis) {
            const T scaled = features[axis - 1] * scales[axis - 1];
            elevated[axis] = elevated[0] - scaled * float(axis);
            elevated[0] += scaled;
        }
    }

    Place locate(const Vector* features) const {
        Place place;
        Vector elevated[AXES], multiples[AXES], above[AXES], turns[AXES], excess{};
        elevate(features, elevated);
        for (int axis = 0; axis < AXES; ++axis) {
            multiples[axis] = rounded(elevated[axis] * (1.f / AXES));
            above[axis] = elevated[axis] - multiples[axis] * float(AXES);
            turns[axis] = all(float(D - axis));
            excess += multiples[axis];
        }
        for (int one = 0; one < AXES; ++one) {
            for (int other = one + 1; other < AXES; ++other) {
                const Vector behind = above[one] < above[other] ? all(1) : Vector{};
                turns[one] -= behind;
                turns[other] += behind;
            }
        }
        // Rounding may have left the plane. The axes that it moved furthest go back.
        for (int axis = 0; axis < AXES; ++axis) {
            turns[axis] -= excess;
            const Vector rounds = floored(turns[axis] * (1.f / AXES));
            turns[axis] -= rounds * float(AXES);
            multiples[axis] += rounds;
            place.offsets[axis] = (elevated[axis] - multiples[axis] * float(AXES)) * (1.f / AXES);
            place.multiples[axis] = __builtin_convertvector(multiples[axis], Integers);
            place.turns[axis] = __builtin_convertvector(turns[axis], Integers);
        }
        return place;
    }

    // Writes the keys of one point's vertices, by colour, and its barycentric coordinates.
    void walk(const Place& place, int lane, int64_t* keys, float* weights) const {
        float offsets[AXES];  // by turn, as are `back`
        int64_t back[AXES];
        keys[0] = -lowest;
        for (int axis = 0; axis < AXES; ++axis) {
            const int turn = place.turns[axis][lane];
            offsets[turn] = place.offsets[axis][lane];
            back[turn] = steps[axis];
            keys[0] += place.multiples[axis][lane] * steps[axis];
        }
        weights[0] = offsets[0] + (1 - offsets[D]);
        for (int colour = 1; colour < AXES; ++colour) {
            keys[colour] = keys[colour - 1] - back[colour - 1];
            weights[colour] = offsets[colour] - offsets[colour - 1];
        }
    }

    // Finds the vertices around a band's pixels, and numbers them for the band.
    void embed(int64_t number) {
        Band& band = bands[number];
        const int64_t end = photo.end(number);
        int64_t keys[LANES][AXES], before[AXES];
        int32_t vertices[AXES] = {};
        std::fill(before, before + AXES, INT64_MIN);
        for (int64_t first = photo.begin(number); first < end; first += LANES) {
            const int count = int(std::min<int64_t>(LANES, end - first));
            float* weights = &lattice->slice[first * AXES];
            int32_t* rows = &lattice->rows[first * AXES];
            Vector features[D];
            read(first, count, features);
            const Place place = locate(features);
            for (int lane = 0; lane < count; ++lane) {
                walk(place, lane, keys[lane], weights + lane * AXES);
                for (int64_t key : keys[lane]) band.numbers.expect(key);
            }
            for (int lane = 0; lane < count; ++lane, rows += AXES, weights += AXES) {
                for (int colour = 0; colour < AXES; ++colour) {
                    if (keys[lane][colour] != before[colour]) {  // neighbours often share a simplex
                        before[colour] = keys[lane][colour];
                        vertices[colour] = band.numbers(before[colour]);
                        if (band.mass.size() < band.numbers.keys.size()) band.mass.push_back(0);
                    }
                    band.mass[vertices[colour]] += weights[colour];
                    rows[colour] = vertices[colour];
                }
            }
        }
        // The paper's program takes four pixels at a time, and fills up the last four with points
        // at the origin. These hold no value, but their vertices let the blur pass.
        if (end == photo.pixels() && end % 4 != 0) {
            const Vector origin[D] = {};
            float weights[AXES];
            walk(locate(origin), 0, keys[0], weights);
            for (int64_t key : keys[0]) band.numbers(key);
            band.mass.resize(band.numbers.keys.size());
        }
    }

    void read(int64_t first, int count, Vector* features) const {
        float values[5][LANES] = {};
        int64_t y = first / photo.width, x = first % photo.width;
        for (int lane = 0; lane < count; ++lane) {
            values[0][lane] = float(x);
            values[1][lane] = float(y);
            for (int i = 2; i < D; ++i) values[i][lane] = colours[3 * (first + lane) + i - 2];
            if (++x == photo.width) x = 0, ++y;
        }
        std::memcpy(features, values, D * sizeof(Vector));
        for (int i = 0; i < D; ++i) features[i] /= reaches[i];
    }

    void number_vertices() {
        size_t count = 0;
        for (const Band& band : bands) count += band.numbers.keys.size();
        numbers.make_room(count);
        for (Band& band : bands) {
            lattice->ghosts_of.push_back(int64_t(lattice->ghosts.size()));
            const std::vector<int64_t>& keys = band.numbers.keys;
            for (size_t i = 0; i < keys.size(); ++i) {
                if (i + AHEAD < keys.size()) numbers.expect(keys[i + AHEAD]);
                const size_t known = numbers.keys.size();
                const int32_t vertex = numbers(keys[i]);
                if (size_t(vertex) == known) {
                    band.rows.push_back(vertex);
                } else {
                    lattice->ghosts.push_back(vertex);
                    band.rows.push_back(-int32_t(lattice->ghosts.size()));  // until all are counted
                }
            }
        }
        lattice->ghosts_of.push_back(int64_t(lattice->ghosts.size()));
        lattice->vertices = int64_t(numbers.keys.size());
        for (Band& band : bands)
            for (int32_t& row : band.rows)
                if (row < 0) row = int32_t(lattice->vertices) - 1 - row;
    }

    void find_neighbours(Team& team) {
        const int64_t vertices = lattice->vertices;
        lattice->neighbours = allocate<int32_t>(2 * AXES * vertices);
        int32_t* const neighbours = lattice->neighbours.get();
        std::fill(neighbours, neighbours + 2 * AXES * vertices, int32_t(lattice->nobody()));
        in_pieces(team, vertices, [&](int64_t first, int64_t end) {
            for (int axis = 0; axis < AXES; ++axis) {
                int32_t* const of = neighbours + 2 * axis * vertices;
                for (int64_t vertex = first; vertex < end; ++vertex) {
                    const int64_t soon = std::min(vertex + AHEAD, vertices - 1);
                    numbers.expect(numbers.keys[soon] + steps[axis]);
                    const int32_t after = numbers.known(numbers.keys[vertex] + steps[axis]);
                    if (after < 0) continue;
                    of[2 * vertex] = after;
                    of[2 * after + 1] = int32_t(vertex);  // which nobody else is next to
                }
            }
        });
    }

    // Folds the normalisation of the kernel K into the weights. With n = K 1, what a pixel hears if
    // all say 1, `symmetric` makes it K[i, j] / sqrt(n[i] n[j]), else it becomes K[i, j] / n[i].
    void normalise(Team& team, bool symmetric) {
        const int64_t vertices = lattice->vertices;
        std::vector<float> mass(lattice->all_rows()), blurred(lattice->all_rows());
        for (const Band& band : bands) {
            for (size_t i = 0; i < band.rows.size(); ++i) {
                const int32_t row = band.rows[i];
                mass[row < vertices ? row : lattice->ghosts[row - vertices]] += band.mass[i];
            }
        }
        for (int axis = 0; axis < AXES; ++axis) {
            const int32_t* const of = &lattice->neighbours[2 * axis * vertices];
            in_pieces(team, vertices, [&](int64_t first, int64_t end) {
                for (int64_t i = first; i < end; ++i)
                    blurred[i] = mass[i] + 0.5f * (mass[of[2 * i]] + mass[of[2 * i + 1]]);
            });
            std::swap(mass, blurred);
        }
        for (size_t i = 0; i < lattice->ghosts.size(); ++i)
            mass[vertices + i] = mass[lattice->ghosts[i]];
        if (!symmetric) lattice->splat = allocate<float>(photo.pixels() * AXES);
        team.each(photo.bands(), [&](int64_t band) {
            const int64_t first = photo.begin(band) * AXES, end = photo.end(band) * AXES;
            if (!symmetric)
                std::copy(&lattice->slice[first], &lattice->slice[end], &lattice->splat[first]);
            for (int64_t pixel = first; pixel < end; pixel += AXES) {
                float n = 1e-20f;
                for (int64_t i = pixel; i < pixel + AXES; ++i)
                    n += lattice->slice[i] * mass[lattice->rows[i]];
                const float scale = 1 / (symmetric ? std::sqrt(n) : n);
                for (int64_t i = pixel; i < pixel + AXES; ++i) lattice->slice[i] *= scale;
            }
        });
    }

    const Photo photo;
    const uint8_t* const colours;
    float reaches[D], scales[D];
    int64_t steps[AXES] = {}, lowest = 0;
    std::vector<Band> bands;
    Numbers numbers;
    std::unique_ptr<Lattice> lattice = std::make_unique<Lattice>();
};

// ---- Mean field ----------------------------------------------------------------------------

struct Kernel {
    const Lattice* lattice;
    float weight;            // w_m times log2(e), as the exponential is a power of two
    Array<Vector> now, next;  // (all rows, width): what is sliced from, what is splatted to
};

constexpr int64_t BLOCK = 16;  // pixels whose marginals are in hand at once

// What does an iteration's work with rows of WIDTH vectors; of any number if that is 0.
template <int WIDTH>
struct Rows {
    const int64_t any_width;

    // Writes the messages over both kernels to `q`, (count, width); returns the loudest by lane.
    Vector slice(const Kernel& smooth, const Kernel& alike, int64_t pixel, int64_t count,
                 Vector* q) const {
        const int64_t width = WIDTH ? WIDTH : any_width;
        const int32_t* near = &smooth.lattice->rows[pixel * 3];
        const int32_t* like = &alike.lattice->rows[pixel * 6];
        const float* by_near = &smooth.lattice->slice[pixel * 3];
        const float* by_like = &alike.lattice->slice[pixel * 6];
        const Vector *const from_near = smooth.now.get(), *const from_like = alike.now.get();
        Vector loudest{};
        for (; count > 0; --count, near += 3, by_near += 3, like += 6, by_like += 6, q += width) {
#pragma GCC unroll 4
            for (int64_t k = 0; k < width; ++k) {
                Vector one = from_near[near[0] * width + k] * by_near[0];
                Vector two = from_like[like[0] * width + k] * by_like[0];
#pragma GCC unroll 2
                for (int i = 1; i < 3; ++i)
                    one = multiply_add(from_near[near[i] * width + k], all(by_near[i]), one);
#pragma GCC unroll 5
                for (int i = 1; i < 6; ++i)
                    two = multiply_add(from_like[like[i] * width + k], all(by_like[i]), two);
                q[k] = one + two;
                loudest = larger(loudest, q[k]);
            }
        }
        return loudest;
    }

    template <int AXES>
    void splat(Kernel& kernel, int64_t pixel, int64_t count, const Vector* q) const {
        const int64_t width = WIDTH ? WIDTH : any_width;
        const int32_t* rows = &kernel.lattice->rows[pixel * AXES];
        const float* weights = kernel.lattice->splats() + pixel * AXES;
        for (; count > 0; --count, rows += AXES, weights += AXES, q += width) {
#pragma GCC unroll 6
            for (int i = 0; i < AXES; ++i) {
                Vector* const row = &kernel.next[rows[i] * width];
#pragma GCC unroll 4
                for (int64_t k = 0; k < width; ++k)
                    row[k] = multiply_add(q[k], all(weights[i]), row[k]);
            }
        }
    }

    // Makes marginals of messages: P 2^q, scaled to sum to 1.
    void update(const Vector* prior, int64_t count, Vector* q) const {
        const int64_t width = WIDTH ? WIDTH : any_width;
        for (; count > 0; --count, prior += width, q += width) {
            Vector sum{};
#pragma GCC unroll 4
            for (int64_t k = 0; k < width; ++k) {
                q[k] = power_of_two(q[k]) * prior[k];
                sum += q[k];
            }
            const Vector scale = 1 / total(sum);
#pragma GCC unroll 4
            for (int64_t k = 0; k < width; ++k) q[k] *= scale;
        }
    }

    // Writes P to `q`, scaled to sum to 1.
    void scale(const Vector* prior, int64_t count, Vector* q) const {
        const int64_t width = WIDTH ? WIDTH : any_width;
        for (; count > 0; --count, prior += width, q += width) {
            Vector sum{};
            for (int64_t k = 0; k < width; ++k) sum += prior[k];
            const Vector scale = 1 / total(sum);
            for (int64_t k = 0; k < width; ++k) q[k] = scale * prior[k];
        }
    }

    // Lowers messages that are too loud for a power of two, all of a pixel's by the same.
    void tame(int64_t count, Vector* q) const {
        const int64_t width = WIDTH ? WIDTH : any_width;
        for (; count > 0; --count, q += width) {
            Vector loudest = q[0];
            for (int64_t k = 1; k < width; ++k) loudest = larger(loudest, q[k]);
            loudest = across(loudest, larger);
            for (int64_t k = 0; k < width; ++k) q[k] = larger(q[k] - loudest, all(-126));
        }
    }

    void blur(const Vector* from, const int32_t* neighbours, float scale, int64_t first,
              int64_t end, Vector* to) const {
        const int64_t width = WIDTH ? WIDTH : any_width;
        for (int64_t vertex = first; vertex < end; ++vertex) {
            const Vector* const itself = from + vertex * width;
            const Vector* const after = from + neighbours[2 * vertex] * width;
            const Vector* const before = from + neighbours[2 * vertex + 1] * width;
#pragma GCC unroll 4
            for (int64_t k = 0; k < width; ++k)
                to[vertex * width + k] = scale * (itself[k] + 0.5f * (after[k] + before[k]));
        }
    }

    void add(Vector* table, int64_t to, int64_t from) const {
        const int64_t width = WIDTH ? WIDTH : any_width;
        for (int64_t k = 0; k < width; ++k) table[to * width + k] += table[from * width + k];
    }

    void copy(Vector* table, int64_t from, int64_t to) const {
        const int64_t width = WIDTH ? WIDTH : any_width;
        for (int64_t k = 0; k < width; ++k) table[to * width + k] = table[from * width + k];
    }

    // Returns the number of the largest of a pixel's marginals.
    int most_likely(const Vector* q) const {
        const int64_t width = WIDTH ? WIDTH : any_width;
        Vector largest = q[0];
        for (int64_t k = 1; k < width; ++k) largest = larger(largest, q[k]);
        largest = across(largest, larger);
        int64_t k = 0;
        int found;
        while ((found = first(q[k] == largest)) == LANES) ++k;
        return int(k) * LANES + found;
    }
};

class Inference {
   public:
    // `probabilities` is (classes, pixels); P is that, but nowhere below `least`.
    Inference(Team& team, const Lattice& smoothness, float smoothness_weight,
              const Lattice& appearance, float appearance_weight, const float* probabilities,
              int classes, float least)
        : photo(smoothness.photo),
          classes(classes),
          width((classes + LANES - 1) / LANES),
          prior(allocate<Vector>(photo.pixels() * width)),
          smooth{&smoothness, smoothness_weight, {}, {}},
          alike{&appearance, appearance_weight, {}, {}} {
        for (Kernel* kernel : {&smooth, &alike}) {
            const int64_t rows = kernel->lattice->all_rows();
            kernel->now = allocate<Vector>(rows * width);
            kernel->next = allocate<Vector>(rows * width);
            clear(*kernel->lattice, team, kernel->next.get());
            std::fill_n(&kernel->now[kernel->lattice->nobody() * width], width, Vector{});
        }
        team.each(photo.bands(), [&](int64_t band) {
            with_rows([&](auto rows) { begin(rows, band, probabilities, least); });
        });
    }

    // Does an iteration. If given, `marginals` gets Q, (pixels, classes), and `labels` the names of
    // the likeliest classes, (pixels). After the last iteration there is no need to splat.
    void step(Team& team, float* marginals, uint8_t* labels, const uint8_t* names, bool last) {
        for (Kernel* kernel : {&smooth, &alike}) blur(*kernel, team);
        team.each(photo.bands(), [&](int64_t band) {
            with_rows([&](auto rows) { sweep(rows, band, marginals, labels, names, last); });
        });
    }

   private:
    template <class Do>
    void with_rows(const Do& work) const {
        switch (width) {
            case 1: return work(Rows<1>{1});
            case 2: return work(Rows<2>{2});
            case 3: return work(Rows<3>{3});
            default: return work(Rows<0>{width});
        }
    }

    void clear(const Lattice& lattice, Team& team, Vector* table) const {
        in_pieces(team, lattice.all_rows(), [&](int64_t first, int64_t end) {
            std::fill(table + first * width, table + end * width, Vector{});
        });
    }

    // Does work(first pixel, number of pixels, room for their marginals) for a band's pixels.
    template <class Do>
    void in_blocks(int64_t band, const Do& work) const {
        const auto marginals = allocate<Vector>(BLOCK * width);
        const int64_t end = photo.end(band);
        for (int64_t pixel = photo.begin(band); pixel < end; pixel += BLOCK)
            work(pixel, std::min(BLOCK, end - pixel), marginals.get());
    }

    // Reads P and splats the first Q, which is P scaled to sum to 1.
    template <class Rows>
    void begin(Rows rows, int64_t band, const float* probabilities, float least) {
        in_blocks(band, [&](int64_t pixel, int64_t count, Vector* q) {
            Vector* const p = &prior[pixel * width];
            for (int64_t i = 0; i < count; i += LANES)
                read(probabilities + pixel + i, least, std::min<int64_t>(LANES, count - i),
                     p + i * width);
            rows.scale(p, count, q);
            rows.template splat<3>(smooth, pixel, count, q);
            rows.template splat<6>(alike, pixel, count, q);
        });
    }

    // Reads all classes of up to LANES pixels, which lie in a plane for each class, into rows.
    void read(const float* planes, float least, int64_t count, Vector* p) const {
        for (int64_t k = 0; k < width; ++k) {
            Vector values[LANES] = {};
            const int64_t first = k * LANES, some = std::min<int64_t>(LANES, classes - first);
            for (int64_t c = 0; c < some; ++c) {
                const float* const plane = planes + (first + c) * photo.pixels();
                __builtin_prefetch(plane + 3 * BLOCK);
                if (count == LANES) {
                    std::memcpy(&values[c], plane, sizeof(Vector));
                } else {
                    std::memcpy(&values[c], plane, count * sizeof(float));
                }
                values[c] = larger(all(least), smaller(values[c], all(1)));
            }
            transpose(values);
            for (int64_t i = 0; i < count; ++i) p[i * width + k] = values[i];
        }
    }

    template <class Rows>
    void sweep(Rows rows, int64_t band, float* marginals, uint8_t* labels, const uint8_t* names,
               bool last) {
        in_blocks(band, [&](int64_t pixel, int64_t count, Vector* q) {
            const Vector loudest = rows.slice(smooth, alike, pixel, count, q);
            if (across(loudest, larger)[0] > 100) rows.tame(count, q);
            rows.update(&prior[pixel * width], count, q);
            for (int64_t i = 0; i < count; ++i) {
                if (marginals)
                    std::memcpy(marginals + (pixel + i) * classes, q + i * width,
                                classes * sizeof(float));
                if (labels) labels[pixel + i] = names[rows.most_likely(q + i * width)];
            }
            if (last) return;
            rows.template splat<3>(smooth, pixel, count, q);
            rows.template splat<6>(alike, pixel, count, q);
        });
    }

    // Makes of what was splatted (`next`) what is to be sliced (`now`), and clears `next`.
    void blur(Kernel& kernel, Team& team) {
        const Lattice& lattice = *kernel.lattice;
        const int64_t vertices = lattice.vertices;
        const auto ghosts = [&](int64_t first, int64_t end, const auto& work) {
            in_pieces(team, end - first, [&](int64_t from, int64_t to) {
                with_rows([&](auto rows) {
                    for (int64_t i = first + from; i < first + to; ++i)
                        work(rows, lattice.ghosts[i], vertices + i);
                });
            });
        };
        for (int band = 0; band < photo.bands(); ++band) {  // of a vertex, a band has one ghost
            ghosts(lattice.ghosts_of[band], lattice.ghosts_of[band + 1],
                   [&](auto rows, int64_t vertex, int64_t ghost) {
                       rows.add(kernel.next.get(), vertex, ghost);
                   });
        }
        const int axes = &kernel == &smooth ? 3 : 6;
        for (int axis = 0; axis < axes; ++axis) {
            std::swap(kernel.now, kernel.next);
            const int32_t* const neighbours = &lattice.neighbours[2 * axis * vertices];
            const float scale = axis + 1 == axes ? kernel.weight : 1;
            in_pieces(team, vertices, [&](int64_t first, int64_t end) {
                with_rows([&](auto rows) {
                    rows.blur(kernel.now.get(), neighbours, scale, first, end, kernel.next.get());
                });
            });
        }
        std::swap(kernel.now, kernel.next);
        ghosts(0, int64_t(lattice.ghosts.size()), [&](auto rows, int64_t vertex, int64_t ghost) {
            rows.copy(kernel.now.get(), vertex, ghost);
        });
        clear(lattice, team, kernel.next.get());
    }

    const Photo photo;
    const int64_t classes, width;  // width: vectors in a row
    Array<Vector> prior;           // P, (pixels, width); 0 beyond the last class
    Kernel smooth, alike;
};

enum Status { DONE, OUT_OF_MEMORY, OUT_OF_KEYS };

template <class Do>
Status guarded(const Do& work) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return OUT_OF_MEMORY;
    }
}

template <int D>
Status lay(int64_t height, int64_t width, const uint8_t* colours, float reach, float colour_reach,
           bool symmetric, int threads, Lattice** made) {
    return guarded([&] {
        Builder<D> builder({height, width}, colours, reach, colour_reach);
        if (!builder.count_keys()) return OUT_OF_KEYS;
        Team team(threads);
        *made = builder.build(team, symmetric).release();
        return DONE;
    });
}

}  // namespace

// ---- What is called from outside -----------------------------------------------------------
// `colours` is (height, width, 3); what is made must be given back.

extern "C" {

int smoothness_new(int64_t height, int64_t width, float reach, int symmetric, int threads,
                   Lattice** made) {
    return lay<2>(height, width, nullptr, reach, 1, symmetric, threads, made);
}

int appearance_new(int64_t height, int64_t width, const uint8_t* colours, float reach,
                   float colour_reach, int symmetric, int threads, Lattice** made) {
    return lay<5>(height, width, colours, reach, colour_reach, symmetric, threads, made);
}

void lattice_delete(Lattice* lattice) { delete lattice; }

int inference_new(const Lattice* smoothness, float smoothness_weight, const Lattice* appearance,
                  float appearance_weight, const float* probabilities, int classes, float least,
                  int threads, Inference** made) {
    return guarded([&] {
        Team team(threads);
        *made = new Inference(team, *smoothness, smoothness_weight, *appearance, appearance_weight,
                              probabilities, classes, least);
        return DONE;
    });
}

int inference_step(Inference* inference, float* marginals, uint8_t* labels, const uint8_t* names,
                   int last, int threads) {
    return guarded([&] {
        Team team(threads);
        inference->step(team, marginals, labels, names, last);
        return DONE;
    });
}

void inference_delete(Inference* inference) { delete inference; }
}
