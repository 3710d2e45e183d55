#pragma once

#include <cstddef>

#include "neuralake/base/error.h"
#include "neuralake/query/tokens.h"
#include "neuralake/serve/pgwire/rewritten_text.h"

namespace neuralake::serve {

/// Whether a statement looks into the system catalog: it names `pg_catalog`, `information_schema`,
/// a `pg_…` relation, or a function about the session or the catalog.
bool AsksCatalog(const query::Piece& piece);

/// A statement for the system catalog.
struct CatalogText {
  RewrittenText text;
  /// It asks for settings of the session: two parameters more, which `SessionSettings::Joined`
  /// gives.
  bool asks_settings = false;
};

/// The statement in the words that the emulated system catalog understands.
///
/// Done on tokens, never inside a text or a quoted name: `OPERATOR(pg_catalog.~)` becomes `~`,
/// `COLLATE pg_catalog.default` goes, schema names before relations, functions and types of the
/// system go, `'t'::regclass` becomes its number and `x::regclass` its name.
/// \param parameters  how many it has
/// \errors kInvalid  a cast with nothing before it
Result<CatalogText> RewriteForCatalog(const query::Piece& piece, std::size_t parameters);

}  // namespace neuralake::serve
