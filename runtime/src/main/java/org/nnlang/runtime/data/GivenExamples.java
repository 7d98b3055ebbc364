package org.nnlang.runtime.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Datasets handed in by the Java program, as what a reader found.
///
/// @param parts by name; the only one is called by the empty text where the data have no parts
record GivenExamples(DataHeader header, Map<String, Dataset> parts) implements Examples {

    static GivenExamples whole(Dataset data) {
        return new GivenExamples(data.header().withoutParts(), Map.of("", data));
    }

    /// @throws IllegalArgumentException where the parts have different fields, or there is none
    static GivenExamples parts(Map<String, Dataset> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("data without parts");
        }
        var copy = new LinkedHashMap<>(parts);
        DataHeader first = copy.sequencedValues().getFirst().header();
        var values = new LinkedHashMap<String, Long>();
        int count = 0;
        for (var part : copy.entrySet()) {
            DataHeader header = part.getValue().header();
            if (!header.fields().equals(first.fields())) {
                throw new IllegalArgumentException("the part `" + part.getKey() + "` has the fields " + header.fields()
                        + ", and `" + copy.firstEntry().getKey() + "` has " + first.fields());
            }
            header.values().forEach((name, value) -> values.merge(name, value, Math::max));
            count = Math.addExact(count, header.count());
        }
        return new GivenExamples(new DataHeader(first.fields(), count, List.copyOf(copy.keySet()), values), copy);
    }

    @Override
    public int count(String part) {
        return data(part).count();
    }

    @Override
    public Table table(@Nullable String part) {
        Dataset data = data(part == null ? "" : part);
        var columns = new ArrayList<Column>();
        for (int field = 0; field < header.fields().size(); field++) {
            columns.add(new Column.Given(data, field));
        }
        return new Table(header.fields(), columns, data.count(), data.buckets());
    }

    private Dataset data(String part) {
        Dataset data = parts.get(part);
        if (data == null) {
            throw new IllegalArgumentException("no part `" + part + "` in " + parts.keySet());
        }
        return data;
    }
}
