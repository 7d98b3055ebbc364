package org.nnlang.runtime.train;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.json.JsonException;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.train.TrainingPlan.CheckpointRule;
import org.nnlang.runtime.train.TrainingPlan.EarlyStop;
import org.nnlang.runtime.train.TrainingPlan.Loop;
import org.nnlang.runtime.train.TrainingPlan.Report;
import org.nnlang.runtime.train.TrainingPlan.TrainedModel;

/// Plans as bytes. Programs are left out: they are code, and who reads a plan says where it comes from.
final class TrainingPlanCodec {
    private static final int MAX_COUNT = 1 << 20;

    private TrainingPlanCodec() {}

    static void write(TrainingPlan plan, OutputStream stream) throws IOException {
        var out = new DataOutputStream(stream);
        text(out, plan.name());
        out.writeInt(plan.hyperparameters().size());
        for (Map.Entry<String, Object> each : plan.hyperparameters().entrySet()) {
            text(out, each.getKey());
            value(out, each.getValue());
        }
        out.writeInt(plan.models().size());
        for (TrainedModel model : plan.models()) {
            text(out, model.name());
            text(out, model.model());
            texts(out, model.hyperparameters());
        }
        out.writeLong(plan.seed());
        out.writeInt(plan.epochs());
        out.writeLong(plan.steps());
        out.writeInt(plan.batch());
        loop(out, plan.init());
        loop(out, plan.step());
        maybe(out, plan.validate());
        maybe(out, plan.test());
        out.writeInt(plan.earlyStops().size());
        for (EarlyStop rule : plan.earlyStops()) {
            text(out, rule.metric());
            out.writeBoolean(rule.highest());
            out.writeInt(rule.patience());
        }
        out.writeInt(plan.checkpoints().size());
        for (CheckpointRule rule : plan.checkpoints()) {
            text(out, rule.path());
            optional(out, rule.metric());
            out.writeBoolean(rule.highest());
        }
        out.flush();
    }

    static TrainingPlan read(InputStream stream, TrainingPlan.Programs programs) throws IOException {
        var in = new DataInputStream(stream);
        try {
            String name = text(in);
            Map<String, Object> hyperparameters = new LinkedHashMap<>();
            for (int left = count(in); left > 0; left--) {
                hyperparameters.put(text(in), value(in));
            }
            List<TrainedModel> models = new ArrayList<>();
            for (int left = count(in); left > 0; left--) {
                models.add(new TrainedModel(text(in), text(in), texts(in)));
            }
            long seed = in.readLong();
            int epochs = in.readInt();
            long steps = in.readLong();
            int batch = in.readInt();
            Loop init = loop(in, programs);
            Loop step = loop(in, programs);
            @Nullable
            Loop validate = in.readBoolean() ? loop(in, programs) : null;
            @Nullable
            Loop test = in.readBoolean() ? loop(in, programs) : null;
            List<EarlyStop> earlyStops = new ArrayList<>();
            for (int left = count(in); left > 0; left--) {
                earlyStops.add(new EarlyStop(text(in), in.readBoolean(), in.readInt()));
            }
            List<CheckpointRule> checkpoints = new ArrayList<>();
            for (int left = count(in); left > 0; left--) {
                checkpoints.add(new CheckpointRule(text(in), optional(in), in.readBoolean()));
            }
            // Every image lists the variables of the whole training.
            List<Variable> variables = step.image().variables();
            return new TrainingPlan(
                    name, hyperparameters, models, seed, epochs, steps, batch, variables, init, step, validate,
                    test, earlyStops, checkpoints);
        } catch (IllegalArgumentException | JsonException e) {
            throw new IOException("a damaged plan: " + e.getMessage(), e);
        }
    }

    private static void maybe(DataOutputStream out, @Nullable Loop loop) throws IOException {
        out.writeBoolean(loop != null);
        if (loop != null) {
            loop(out, loop);
        }
    }

    private static void loop(DataOutputStream out, Loop loop) throws IOException {
        text(out, loop.name());
        loop.image().encode(out);
        DataExpression data = loop.data();
        optional(out, data == null ? null : data.toJson().toString());
        texts(out, loop.inputs());
        optional(out, loop.batchSymbol());
        out.writeInt(loop.reports().size());
        for (Report report : loop.reports()) {
            text(out, report.name());
            text(out, report.output());
            text(out, report.kind().name());
            out.writeInt(report.resetVariables().size());
            for (String variable : report.resetVariables()) {
                text(out, variable);
            }
        }
    }

    private static Loop loop(DataInputStream in, TrainingPlan.Programs programs) throws IOException {
        String name = text(in);
        Image image = Image.decode(in);
        String data = optional(in);
        Map<String, String> inputs = texts(in);
        String batchSymbol = optional(in);
        List<Report> reports = new ArrayList<>();
        for (int left = count(in); left > 0; left--) {
            String report = text(in);
            String output = text(in);
            Report.Kind kind = Report.Kind.valueOf(text(in));
            List<String> resets = new ArrayList<>();
            for (int variables = count(in); variables > 0; variables--) {
                resets.add(text(in));
            }
            reports.add(new Report(report, output, kind, resets));
        }
        return new Loop(
                name, image, programs.of(name, image), data == null ? null : DataExpression.fromJson(Json.parse(data)),
                inputs, batchSymbol, reports);
    }

    /// A hyper-parameter's value, of the class that it has.
    private static void value(DataOutputStream out, Object value) throws IOException {
        switch (value) {
            case String text -> {
                out.writeByte('S');
                text(out, text);
            }
            case Long number -> {
                out.writeByte('L');
                out.writeLong(number);
            }
            case Integer number -> {
                out.writeByte('I');
                out.writeInt(number);
            }
            case Double number -> {
                out.writeByte('D');
                out.writeDouble(number);
            }
            case Boolean truth -> {
                out.writeByte('B');
                out.writeBoolean(truth);
            }
            case List<?> items -> {
                out.writeByte('[');
                out.writeInt(items.size());
                for (Object item : items) {
                    value(out, item);
                }
            }
            default -> throw new IOException("a plan holds no value of " + value.getClass());
        }
    }

    private static Object value(DataInputStream in) throws IOException {
        byte tag = in.readByte();
        return switch (tag) {
            case 'S' -> text(in);
            case 'L' -> in.readLong();
            case 'I' -> in.readInt();
            case 'D' -> in.readDouble();
            case 'B' -> in.readBoolean();
            case '[' -> {
                List<Object> items = new ArrayList<>();
                for (int left = count(in); left > 0; left--) {
                    items.add(value(in));
                }
                yield List.copyOf(items);
            }
            default -> throw new IOException("a damaged plan: no value is tagged " + tag);
        };
    }

    private static void texts(DataOutputStream out, Map<String, String> texts) throws IOException {
        out.writeInt(texts.size());
        for (Map.Entry<String, String> each : texts.entrySet()) {
            text(out, each.getKey());
            text(out, each.getValue());
        }
    }

    private static Map<String, String> texts(DataInputStream in) throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int left = count(in); left > 0; left--) {
            texts.put(text(in), text(in));
        }
        return texts;
    }

    private static void optional(DataOutputStream out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            text(out, text);
        }
    }

    private static @Nullable String optional(DataInputStream in) throws IOException {
        return in.readBoolean() ? text(in) : null;
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        byte[] bytes = new byte[count(in)];
        in.readFully(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MAX_COUNT) {
            throw new IOException("a damaged plan: a list of " + count);
        }
        return count;
    }
}
