package org.nnlang.runtime.data;

import java.util.List;

/// The fields of `count` examples.
///
/// @param buckets into how many buckets sequences of unequal length are sorted at most
record Table(List<DataHeader.Field> fields, List<Column> columns, int count, int buckets) {
    Table {
        fields = List.copyOf(fields);
        columns = List.copyOf(columns);
    }

    Table(List<DataHeader.Field> fields, List<Column> columns, int count) {
        this(fields, columns, count, 1);
    }
}
