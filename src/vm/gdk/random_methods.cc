// java.util.Random with Java's own sequence, UUID, and the atomics. A Random keeps num::JavaRandom in its bytes;
// without a seed it takes one from the run's random stream, so that a restart sees the same numbers.
#include <array>
#include <cstring>

#include "num/java_random.h"
#include "text/digest.h"
#include "vm/gdk/tables.h"
#include "vm/state.h"
#include "vm/vm.h"

namespace windlass::vm {
namespace {

// ---- Random

num::JavaRandom load(Call& call) {
  num::JavaRandom r;
  std::memcpy(&r, call.heap().native_bytes(call.self(), sizeof r).data(), sizeof r);
  return r;
}
void store(Call& call, Value v, const num::JavaRandom& r) {
  std::memcpy(call.heap().native_bytes(v, sizeof r).data(), &r, sizeof r);
}
Status random_new(Call& call) {
  const auto seed = call.has(0) && call.arg(0).is_number()
                        ? call.long_arg(0)
                        : static_cast<std::int64_t>(call.vm().state().host.random_bits(call.fiber().id));
  const Value v = call.heap().make_native(call.self().class_id(), 0, sizeof(num::JavaRandom));
  store(call, v, num::JavaRandom(seed));
  return call.give(v);
}
template <class Draw>
Status drawn(Call& call, Draw draw) {
  num::JavaRandom r = load(call);
  const auto out = draw(r);
  store(call, call.self(), r);
  return call.give(out);
}
Status next_int(Call& call) {
  num::JavaRandom r = load(call);
  std::int32_t out = 0;
  if (call.count() == 0) {
    out = r.next_int();
  } else if (call.count() == 1) {
    out = VM_JAVA(call, r.next_int(call.int_arg(0)));
  } else {
    const auto low = call.int_arg(0);
    const auto high = call.int_arg(1);
    if (low >= high) return call.throw_java(java::illegal_argument_exception, "bound must be greater than origin");
    out = low + VM_JAVA(call, r.next_int(high - low));
  }
  store(call, call.self(), r);
  return call.give(out);
}
Status next_long(Call& call) {
  return drawn(call, [](num::JavaRandom& r) { return r.next_long(); });
}
Status next_boolean(Call& call) {
  return drawn(call, [](num::JavaRandom& r) { return r.next_boolean(); });
}
Status next_double(Call& call) {
  return drawn(call, [](num::JavaRandom& r) { return r.next_double(); });
}
Status next_float(Call& call) {
  return drawn(call, [](num::JavaRandom& r) { return Value::of_float(r.next_float()); });
}
Status next_gaussian(Call& call) {
  return drawn(call, [](num::JavaRandom& r) { return r.next_gaussian(); });
}
Status next_bytes(Call& call) {
  num::JavaRandom r = load(call);
  const auto items = call.heap().array_items(call.arg(0));
  for (std::size_t i = 0; i < items.size();) {
    auto word = static_cast<std::uint32_t>(r.next_int());
    for (int k = 0; k < 4 && i < items.size(); ++k, word >>= 8) {
      items[i++] = Value::of_byte(static_cast<std::int8_t>(word & 0xff));
    }
  }
  store(call, call.self(), r);
  return call.give_null();
}
Status set_seed(Call& call) {
  store(call, call.self(), num::JavaRandom(call.long_arg(0)));
  return call.give_null();
}
/// Collections.shuffle(list[, random]).
Status shuffle(Call& call) {
  const Value list = call.arg(0);
  if (!list.is(Kind::list) || call.heap().has_flag(list, flag_immutable)) {
    return call.throw_java(java::unsupported_operation_exception);
  }
  num::JavaRandom r(static_cast<std::int64_t>(call.has(1) ? 0 : call.vm().state().host.random_bits(call.fiber().id)));
  if (call.has(1)) std::memcpy(&r, call.heap().native_bytes(call.arg(1), sizeof r).data(), sizeof r);
  const auto items = call.heap().items(list);
  for (std::size_t i = items.size(); i > 1; --i) {
    const auto at = static_cast<std::size_t>(VM_JAVA(call, r.next_int(static_cast<std::int32_t>(i))));
    std::swap(items[i - 1], items[at]);
  }
  if (call.has(1)) store(call, call.arg(1), r);
  return call.give_null();
}

// ---- UUID: slot 0 is the text, in lower case

Value make_uuid(Heap& heap, std::uint64_t high, std::uint64_t low) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
    const auto bits = i < 16 ? high >> (60 - 4 * i) : low >> (60 - 4 * (i - 16));
    text += kDigits[bits & 15];
  }
  const Value value = heap.make_string(std::string_view(text));
  const Value uuid = heap.make_native(java::uuid, 1);
  heap.native_slots(uuid)[0] = value;
  return uuid;
}
std::array<std::uint64_t, 2> halves(Call& call, Value uuid) {
  std::array<std::uint64_t, 2> out{};
  int digits = 0;
  for (const char c : call.heap().utf8(call.heap().native_slots(uuid)[0])) {
    if (c == '-') continue;
    auto& half = out[digits++ / 16];
    half = half << 4 | static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  }
  return out;
}
Status random_uuid(Call& call) {
  auto& host = call.vm().state().host;
  const auto high = host.random_bits(call.fiber().id);
  const auto low = host.random_bits(call.fiber().id);
  return call.give(make_uuid(call.heap(), (high & 0xFFFFFFFFFFFF0FFFULL) | 0x4000,
                             (low & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL));
}
Status name_uuid(Call& call) {
  const std::string sum = *text::digest("MD5", call.heap().array_bytes(call.arg(0)));
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    auto& half = i < 8 ? high : low;
    half = half << 8 | static_cast<unsigned char>(sum[i]);
  }
  return call.give(make_uuid(call.heap(), (high & 0xFFFFFFFFFFFF0FFFULL) | 0x3000,
                             (low & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL));
}
Status uuid_from_text(Call& call) {
  const std::string text = call.utf8_arg(0);
  std::array<std::uint64_t, 5> parts{};
  std::size_t part = 0;
  bool ok = true;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-') {
      ok = ok && digits > 0 && ++part < 5;
      digits = 0;
      if (!ok) break;
      continue;
    }
    const int n = c >= '0' && c <= '9'   ? c - '0'
                  : c >= 'a' && c <= 'f' ? c - 'a' + 10
                  : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                         : -1;
    ok = ok && n >= 0 && digits < 16;
    if (!ok) break;
    parts[part] = parts[part] << 4 | static_cast<std::uint64_t>(n);
    ++digits;
  }
  if (!ok || part != 4 || digits == 0) {
    return call.throw_java(java::illegal_argument_exception, "Invalid UUID string: " + text);
  }
  return call.give(make_uuid(call.heap(),
                             (parts[0] & 0xFFFFFFFF) << 32 | (parts[1] & 0xFFFF) << 16 | (parts[2] & 0xFFFF),
                             (parts[3] & 0xFFFF) << 48 | (parts[4] & 0xFFFFFFFFFFFF)));
}
Status uuid_new(Call& call) {
  return call.give(make_uuid(call.heap(), static_cast<std::uint64_t>(call.long_arg(0)),
                             static_cast<std::uint64_t>(call.long_arg(1))));
}
Status uuid_text(Call& call) { return call.give(call.heap().native_slots(call.self())[0]); }
Status uuid_half(Call& call) {
  const auto both = halves(call, call.self());
  return call.give(static_cast<std::int64_t>(call.name() == "getMostSignificantBits" ? both[0] : both[1]));
}
Status uuid_version(Call& call) {
  return call.give(static_cast<std::int32_t>(halves(call, call.self())[0] >> 12 & 15));
}
Status uuid_hash(Call& call) {
  const auto both = halves(call, call.self());
  const auto mixed = both[0] ^ both[1];
  return call.give(static_cast<std::int32_t>(static_cast<std::uint32_t>(mixed >> 32 ^ mixed)));
}
Status uuid_compare(Call& call) {
  const auto a = halves(call, call.self());
  const auto b = halves(call, call.arg(0));
  for (std::size_t i = 0; i < 2; ++i) {
    const auto x = static_cast<std::int64_t>(a[i]);
    const auto y = static_cast<std::int64_t>(b[i]);
    if (x != y) return call.give(std::int32_t{x < y ? -1 : 1});
  }
  return call.give(std::int32_t{0});
}

// ---- atomics: slot 0 is the value

Value& held(Call& call) { return call.heap().native_slots(call.self())[0]; }
Status atomic_new(Call& call) {
  const ClassId id = call.self().class_id();
  const Value v = call.heap().make_native(id, 1);
  Value first = id == java::atomic_integer   ? Value::of_int(0)
                : id == java::atomic_long    ? Value::of_long(0)
                : id == java::atomic_boolean ? Value::boolean(false)
                                             : Value::null();
  if (call.has(0)) first = call.arg(0);
  call.heap().native_slots(v)[0] = first;
  return call.give(v);
}
Status atomic_get(Call& call) { return call.give(held(call)); }
Status atomic_set(Call& call) {
  held(call) = call.arg(0);
  return call.give_null();
}
Status atomic_get_and_set(Call& call) {
  const Value old = held(call);
  held(call) = call.arg(0);
  return call.give(old);
}
Status atomic_compare_and_set(Call& call) {
  const Value now = held(call);
  bool same = now.identical(call.arg(0));
  if (!same) VM_DO(call.java_equals(now, call.arg(0), same));
  if (same) held(call) = call.arg(1);
  return call.give(same);
}
Status atomic_change(Call& call) {
  const Value old = held(call);
  const auto name = call.name();
  const std::int64_t by = name.starts_with("increment") || name == "getAndIncrement"   ? 1
                          : name.starts_with("decrement") || name == "getAndDecrement" ? -1
                                                                                       : call.long_arg(0);
  const auto sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(old.integer) + static_cast<std::uint64_t>(by));
  held(call) =
      old.is_int() ? Value::of_int(static_cast<std::int32_t>(static_cast<std::uint32_t>(sum))) : Value::of_long(sum);
  return call.give(name.starts_with("getAnd") ? old : held(call));
}
Status atomic_text(Call& call) {
  TextBuilder out;
  VM_DO(call.to_text(held(call), out));
  return call.give_text(out);
}
Status atomic_int(Call& call) { return call.give(call.to_int(held(call))); }
Status atomic_long(Call& call) { return call.give(call.to_long(held(call))); }

using K = NativeKind;
#define WL_ATOMIC(owner, type)                                                                            \
  {owner, "<init>", "", atomic_new, K::constructor}, {owner, "<init>", type, atomic_new, K::constructor}, \
      {owner, "get", "", atomic_get}, {owner, "set", type, atomic_set},                                   \
      {owner, "getAndSet", type, atomic_get_and_set}, {owner, "lazySet", type, atomic_set},               \
      {owner, "compareAndSet", type "," type, atomic_compare_and_set}, {                                  \
    owner, "toString", "", atomic_text                                                                    \
  }
#define WL_COUNTER(owner, type)                                                                     \
  {owner, "incrementAndGet", "", atomic_change}, {owner, "decrementAndGet", "", atomic_change},     \
      {owner, "getAndIncrement", "", atomic_change}, {owner, "getAndDecrement", "", atomic_change}, \
      {owner, "addAndGet", type, atomic_change}, {owner, "getAndAdd", type, atomic_change},         \
      {owner, "intValue", "", atomic_int}, {                                                        \
    owner, "longValue", "", atomic_long                                                             \
  }
constexpr NativeMethod kMethods[] = {
    {"java.util.Random", "<init>", "", random_new, K::constructor},
    {"java.util.Random", "<init>", "long", random_new, K::constructor},
    {"java.security.SecureRandom", "<init>", "", random_new, K::constructor},
    {"java.util.Random", "nextInt", "", next_int},
    {"java.util.Random", "nextInt", "int", next_int},
    {"java.util.Random", "nextInt", "int,int", next_int},
    {"java.util.Random", "nextLong", "", next_long},
    {"java.util.Random", "nextBoolean", "", next_boolean},
    {"java.util.Random", "nextDouble", "", next_double},
    {"java.util.Random", "nextFloat", "", next_float},
    {"java.util.Random", "nextGaussian", "", next_gaussian},
    {"java.util.Random", "nextBytes", "byte[]", next_bytes},
    {"java.util.Random", "setSeed", "long", set_seed},
    {"java.util.Collections", "shuffle", "Object", shuffle, K::static_method},
    {"java.util.Collections", "shuffle", "Object,java.util.Random", shuffle, K::static_method},
    {"java.util.UUID", "randomUUID", "", random_uuid, K::static_method},
    {"java.util.UUID", "nameUUIDFromBytes", "byte[]", name_uuid, K::static_method},
    {"java.util.UUID", "fromString", "String", uuid_from_text, K::static_method},
    {"java.util.UUID", "<init>", "long,long", uuid_new, K::constructor},
    {"java.util.UUID", "toString", "", uuid_text},
    {"java.util.UUID", "getMostSignificantBits", "", uuid_half},
    {"java.util.UUID", "getLeastSignificantBits", "", uuid_half},
    {"java.util.UUID", "version", "", uuid_version},
    {"java.util.UUID", "hashCode", "", uuid_hash},
    {"java.util.UUID", "compareTo", "UUID", uuid_compare},
    WL_ATOMIC("java.util.concurrent.atomic.AtomicInteger", "int"),
    WL_ATOMIC("java.util.concurrent.atomic.AtomicLong", "long"),
    WL_ATOMIC("java.util.concurrent.atomic.AtomicBoolean", "boolean"),
    WL_ATOMIC("java.util.concurrent.atomic.AtomicReference", "Object"),
    WL_COUNTER("java.util.concurrent.atomic.AtomicInteger", "int"),
    WL_COUNTER("java.util.concurrent.atomic.AtomicLong", "long"),
};
#undef WL_ATOMIC
#undef WL_COUNTER

}  // namespace

NativeTable random_methods() { return kMethods; }

}  // namespace windlass::vm
