#pragma once

#include "neuralake/columnar/types.h"

namespace neuralake::columnar {

/// `schema` with the columns of `rows` that it does not have, behind its own and inside of its
/// structs; the new ones may be null at every level and carry no metadata.
///
/// Columns of both keep the type of `schema`: whether the values of `rows` fit it is for `Conform`
/// to say.
Schema MergeSchema(const Schema& schema, const Schema& rows);

/// The schema that a table made for rows of `rows` gets: every column may be null, a column that
/// has only nulls holds text, metadata is dropped.
Schema SchemaForRows(const Schema& rows);

}  // namespace neuralake::columnar
