// java.text.DecimalFormatSymbols in the heap: a native object of what text/decimal_symbols.h has.
#pragma once

#include "text/decimal_symbols.h"
#include "vm/native.h"

namespace windlass::vm {

Value make_symbols(Heap& heap, const text::DecimalSymbols& symbols);
text::DecimalSymbols symbols_of(Heap& heap, Value symbols);
/// What Locale.toString() says; that of the machine is en_US.
std::string locale_tag(Call& call, Value locale);

}  // namespace windlass::vm
