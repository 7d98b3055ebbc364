package org.nnlang.runtime.data;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.tensor.DType;

/// Some rows of a table, in an order.
///
/// @param rows the table's row of each example, or null where they are all rows in their order
@SuppressWarnings("ArrayRecordComponent") // never compared
record View(
        DataHeader header,
        Table table,
        int @Nullable [] rows,
        @Nullable Long shuffleSeed,
        List<Fitted> fitted)
        implements Dataset {

    View {
        fitted = List.copyOf(fitted);
    }

    int row(int example) {
        return rows == null ? example : rows[example];
    }

    @Override
    public void read(int example, int field, float[] destination, int offset) {
        table.columns().get(field).read(row(example), destination, offset);
    }

    @Override
    public void read(int example, int field, int[] destination, int offset) {
        table.columns().get(field).read(row(example), destination, offset);
    }

    @Override
    public void read(int example, int field, int size, int epoch, float[] destination, int offset) {
        table.columns().get(field).read(row(example), size, epoch, destination, offset);
    }

    @Override
    public void read(int example, int field, int size, int epoch, int[] destination, int offset) {
        table.columns().get(field).read(row(example), size, epoch, destination, offset);
    }

    @Override
    public int length(int example, int field) {
        return table.columns().get(field).length(row(example));
    }

    @Override
    public int buckets() {
        return table.buckets();
    }

    @Override
    public long fingerprint() {
        long sum = count();
        for (Column column : table.columns()) {
            sum = Fingerprint.mix(sum, column.fingerprint());
        }
        return rows == null ? sum : Fingerprint.mix(sum, Fingerprint.of(rows, 0, rows.length));
    }

    /// The examples at these places.
    View select(int[] places, @Nullable Long seed) {
        int[] selected = new int[places.length];
        for (int i = 0; i < places.length; i++) {
            selected[i] = row(places[i]);
        }
        return new View(header.withCount(selected.length), table, selected, seed, fitted);
    }

    /// These examples with a field treated.
    View treated(Fitted treatment) {
        int index = header.indexOf(treatment.field());
        var columns = new ArrayList<>(table.columns());
        columns.set(index, new Column.Treated(columns.get(index), treatment));
        var fields = new ArrayList<>(header.fields());
        fields.set(index, fields.get(index).withType(DType.F32));
        var all = new ArrayList<>(fitted);
        all.add(treatment);
        return new View(
                header.withFields(fields), new Table(fields, columns, table.count(), table.buckets()), rows,
                shuffleSeed, all);
    }

    /// These examples with the images of a field changed at random.
    View augmented(int field, Augmentation change, long seed, int place) {
        List<Integer> shape = header.fields().get(field).shape();
        var columns = new ArrayList<>(table.columns());
        columns.set(
                field,
                new Column.Augmented(
                        columns.get(field),
                        change,
                        shape.get(0),
                        shape.get(1),
                        shape.size() == 2 ? 1 : shape.get(2),
                        seed,
                        place));
        return new View(
                header, new Table(table.fields(), columns, table.count(), table.buckets()), rows, shuffleSeed, fitted);
    }

    /// All examples of a table.
    static View all(DataHeader header, Table table) {
        return new View(
                header.withoutParts().withCount(table.count()).withFields(table.fields()),
                table,
                null,
                null,
                List.of());
    }
}
