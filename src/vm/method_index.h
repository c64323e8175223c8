// The methods that natives and library preludes offer, sorted by name, and what Java's classes inherit: everything that
// Runtime looks up, as plain numbers. Made from the tables and texts (make_method_index); the build does that once and
// keeps the bytes as a constant, so that a program that starts has no four thousand signatures to read.
//
// Invariant: rows of one name stand together, in the order of the tables, natives before preludes. As code images,
// these bytes belong to the build that made them and are trusted. Immutable; any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vm/native.h"
#include "vm/vm.h"

namespace windlass::vm {

struct ResolvedType {
  ClassId id = 0xFFFF;  ///< kNoClass
  std::uint8_t arrays = 0;
  std::uint8_t unused = 0;  ///< where padding would be: the same tables give the same bytes
};

struct MethodRow {
  std::uint32_t name = 0, name_size = 0;  ///< in `names`
  std::uint32_t from = 0;                 ///< native: which table; prelude: which file
  std::uint32_t place = 0;                ///< native: which row of it; prelude: the line of its declaration
  std::uint32_t first_type = 0;           ///< in `types`
  std::uint16_t parameters = 0, required = 0;
  ClassId owner = 0xFFFF;
  std::uint8_t kind = 0;  ///< NativeKind
  std::uint8_t flags = 0;
  static constexpr std::uint8_t kPrelude = 1, kVarargs = 2, kContainersOnly = 4;
};

/// All lists of one index.
struct MethodLists {
  std::span<const MethodRow> rows;
  std::span<const ResolvedType> types;
  std::span<const std::uint32_t> slots;             ///< of a hash table over names: 1 + first row, or 0; a power of two
  std::span<const std::uint32_t> linear_begins;     ///< by class, and the end
  std::span<const ClassId> linear;                  ///< a class, what it inherits from and implements
  std::span<const std::uint32_t> interface_begins;  ///< by class, and the end
  std::span<const ClassId> interfaces;              ///< direct ones
  std::string_view names;

  [[nodiscard]] std::string_view name_of(const MethodRow& row) const { return names.substr(row.name, row.name_size); }
  /// The first row of that name; nothing where there is none.
  [[nodiscard]] std::optional<std::uint32_t> first(std::string_view name) const;
};

[[nodiscard]] std::string make_method_index(std::span<const NativeTable> natives,
                                            std::span<const PreludeSource> prelude);

/// The lists point into `bytes`, which begin at a multiple of four. Nothing where they are not an index.
[[nodiscard]] std::optional<MethodLists> read_method_index(std::string_view bytes);

}  // namespace windlass::vm
