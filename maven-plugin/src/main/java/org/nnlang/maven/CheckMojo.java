package org.nnlang.maven;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Finds every mistake in all programs, in what runs and in what nothing calls. The headers of their data are read, so
 * the data must be there.
 */
@Mojo(name = "check", defaultPhase = LifecyclePhase.VERIFY, threadSafe = true)
public final class CheckMojo extends NnMojo {
    @Override
    void run(List<Path> programs) throws MojoExecutionException, MojoFailureException {
        if (programs.isEmpty()) {
            return;
        }
        List<Object> arguments = new ArrayList<>(List.of("check", "--format", "json"));
        arguments.addAll(programs);
        Answer answer = nn(List.of("-XX:TieredStopAtLevel=1"), arguments.toArray());
        int errors = report(programs, Finding.all(json(answer)));
        fail(errors);
        getLog().info(programs.size() == 1 ? "1 program: no mistakes" : programs.size() + " programs: no mistakes");
    }

    /** What was printed as JSON. Anything else is an error that nn has told already. */
    static JsonObject json(Answer answer) throws MojoExecutionException {
        String ended = "nn ended with " + answer.exit() + "; what it said stands above";
        // Maven adds the message of a cause, and that nothing is no JSON would tell nobody anything.
        if (answer.out().isBlank()) {
            throw new MojoExecutionException(ended);
        }
        try {
            return JsonParser.parseString(answer.out()).getAsJsonObject();
        } catch (JsonSyntaxException | IllegalStateException e) {
            throw new MojoExecutionException(ended, e);
        }
    }
}
