// The texts that Java gives to numbers, made without arithmetic: BigDecimal.toString() of a literal and the shortest
// text of a double in Double.toString()'s form. Source: the Javadoc of java.math.BigDecimal and java.lang.Double.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "data/value.h"

namespace windlass::data {

/// Types plain digits as Groovy types an integer literal: Integer, Long or BigInteger, whichever is the first to hold
/// them. `digits` is -?[0-9]+ ; leading zeros are dropped and "-0" is 0.
Value make_integer(std::string_view digits);

/// new BigDecimal(literal).toString(): "1e5" is "1E+5", "1.50" stays, "0.00000001" is "1E-8". The literal is
/// [+-]?digits[.digits][e[+-]digits] with at least one digit before the exponent. Nothing when it is something else or
/// the exponent does not fit 32 bits.
std::optional<std::string> format_decimal(std::string_view literal);

/// The shortest text that reads back as `value`, in Java's form: "1.0", "1.0E10", "NaN", "-Infinity".
std::string format_double(double value);

}  // namespace windlass::data
