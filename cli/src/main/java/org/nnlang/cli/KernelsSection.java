package org.nnlang.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nnlang.cli.picture.Drawing;
import org.nnlang.cli.picture.KernelFlow;
import org.nnlang.cli.picture.Page;
import org.nnlang.runtime.train.StepProfile;

/// What a step runs after fusion, and how long it takes. Of a deep model kernels of one kind stand in one row: the same work, asked for by
/// the same line, with the parameters of layers that differ in their number.
final class KernelsSection {
    private static final int ROWS = 25;

    /// More kernels than that are drawn in a picture that is to be opened first.
    private static final int OPEN = 200;

    /// More make no picture.
    private static final int DRAWN = 1500;

    private final String program;

    /// @param program the name of the source file, of which places tell the last part alone
    KernelsSection(String program) {
        this.program = program;
    }

    /// Kernels of one kind.
    ///
    /// @param parameters with a `*` for numbers of layers
    private record Kind(String label, List<String> parameters, String source, int line) {
        static Kind of(StepProfile.Entry entry) {
            return new Kind(entry.label(), entry.parameters().stream().map(Kind::ofAnyLayer).distinct().toList(),
                    entry.source(), entry.line());
        }

        private static String ofAnyLayer(String parameter) {
            return parameter.replaceAll("\\.\\d+(?=\\.|$)", ".*");
        }
    }

    /// A row of the table.
    private record Row(int count, StepProfile.Entry entry) {
        Row and(StepProfile.Entry other) {
            return new Row(count + 1, new StepProfile.Entry(
                    entry.index(), entry.label(), entry.line(), entry.source(), Kind.of(entry).parameters(),
                    entry.nanos() + other.nanos(), entry.flops() + other.flops(), entry.bytes() + other.bytes()));
        }
    }

    /// @param operations how many there were before fusion
    String html(RunLog.Kernels kernels, int operations) {
        List<StepProfile.Entry> entries = kernels.entries();
        double all = Math.max(1, entries.stream().mapToDouble(StepProfile.Entry::nanos).sum());
        List<Row> rows = rows(entries);
        var html = new StringBuilder("<h2>Kernels</h2><p>After fusion, ").append(TextDisplay.count(operations))
                .append(" operations of a step, forward and backward, are ")
                .append(TextDisplay.count(entries.size())).append(" kernels");
        if (rows.size() < entries.size()) {
            html.append(" of ").append(TextDisplay.count(rows.size())).append(" kinds");
        }
        html.append(". A step takes ").append(KernelFlow.time(all)).append(", by ")
                .append(TextDisplay.count(kernels.runs())).append(kernels.runs() == 1 ? " that was" : " that were")
                .append(" measured.</p><div class=\"wide\"><table><tr><th>kernel</th><th>parameters</th><th>line</th>"
                        + "<th class=\"n\">time</th><th class=\"n\">share</th><th></th><th class=\"n\">GFLOP/s</th>"
                        + "<th class=\"n\">GB/s</th></tr>");
        rows.stream().limit(ROWS).forEach(row -> row(html, row, all));
        html.append("</table></div>");
        if (rows.size() > ROWS) {
            List<Row> rest = rows.subList(ROWS, rows.size());
            html.append("<p class=\"lead\">and ").append(TextDisplay.count(rest.stream().mapToInt(Row::count).sum()))
                    .append(" others, ")
                    .append(percent(rest.stream().mapToDouble(row -> row.entry().nanos()).sum() / all)).append("</p>");
        }
        if (entries.size() <= DRAWN) {
            html.append(entries.size() <= OPEN ? "<details open>" : "<details>")
                    .append("<summary>The kernels of a step and what each reads of others; the warmer, the longer"
                            + "</summary><div class=\"scroll\">")
                    .append(Drawing.svg(KernelFlow.of(kernels.instance(), entries))).append("</div></details>");
        }
        return html.toString();
    }

    /// The longest first; few kernels each for itself.
    private static List<Row> rows(List<StepProfile.Entry> entries) {
        if (entries.size() <= ROWS) {
            return entries.stream().map(entry -> new Row(1, entry)).toList();
        }
        Map<Kind, Row> kinds = new LinkedHashMap<>();
        for (StepProfile.Entry entry : entries) {
            kinds.merge(Kind.of(entry), new Row(1, entry), (row, _) -> row.and(entry));
        }
        List<Row> rows = new ArrayList<>(kinds.values());
        rows.sort(Comparator.comparingDouble((Row row) -> row.entry().nanos()).reversed());
        return rows;
    }

    private void row(StringBuilder html, Row row, double all) {
        StepProfile.Entry entry = row.entry();
        double share = entry.nanos() / all;
        html.append("<tr><td>").append(row.count() > 1 ? row.count() + " × " : "").append("<code>")
                .append(Page.escape(entry.label())).append("</code></td><td><code>")
                .append(Page.escape(parameters(entry.parameters()))).append("</code></td><td>")
                .append(entry.line() == 0 ? "" : Page.escape(place(entry))).append("</td>");
        ReportPage.cell(html, KernelFlow.time(entry.nanos()));
        ReportPage.cell(html, percent(share));
        html.append(String.format(
                Locale.ROOT, "<td><span class=\"bar\" style=\"width: %.0fpx\"></span></td>", Math.ceil(120 * share)));
        ReportPage.cell(html, String.format(Locale.ROOT, "%.1f", entry.flops() / Math.max(1, entry.nanos())));
        ReportPage.cell(html, String.format(Locale.ROOT, "%.1f", entry.bytes() / Math.max(1, entry.nanos())));
        html.append("</tr>");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /// The line that asked for it; of the program by its file's name alone.
    private String place(StepProfile.Entry entry) {
        String file = entry.source().equals(program)
                ? entry.source().substring(entry.source().lastIndexOf('/') + 1)
                : entry.source();
        return file + ":" + entry.line();
    }

    private static String parameters(List<String> names) {
        return names.size() <= 2
                ? String.join(", ", names)
                : names.getFirst() + " and " + (names.size() - 1) + " others";
    }
}
