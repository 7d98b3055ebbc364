package org.nnlang.runtime.data;

import java.util.List;

/// The fields of `count` examples.
record Table(List<DataHeader.Field> fields, List<Column> columns, int count) {
    Table {
        fields = List.copyOf(fields);
        columns = List.copyOf(columns);
    }
}
