@echo off
rem Runs nn with a JDK 25, and builds it on first use and whenever a source has changed: what ./nn does elsewhere.
rem   NN_JAVA_HOME   the JDK to use; else JAVA_HOME's, JAVA25_HOME's, or one from the usual folders
rem   NN_OPTS        more options for the JVM
rem   NN_CLASSPATH   jars with operations of your own, as --class-path takes them
rem   NN_NO_BUILD    when set, starts what was built last, without looking at the sources, which saves a second
setlocal EnableExtensions DisableDelayedExpansion
set "home=%~dp0"
if "%home:~-1%"=="\" set "home=%home:~0,-1%"

if not defined NN_JAVA_HOME goto search
set "jdk=%NN_JAVA_HOME%"
call :is25 "%jdk%" && goto found
>&2 echo nn: NN_JAVA_HOME is %NN_JAVA_HOME%, which holds no JDK 25: set it to the folder of one, or unset it
exit /b 1

:search
for %%d in ("%JAVA_HOME%" "%JAVA25_HOME%") do call :is25 "%%~d" && set "jdk=%%~d" && goto found
for %%p in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%ProgramFiles%\Amazon Corretto" "%ProgramFiles%\BellSoft" "%USERPROFILE%\.jdks" "%USERPROFILE%\.sdkman\candidates\java") do (
    for /d %%d in ("%%~p\*") do call :is25 "%%~d" && set "jdk=%%~d" && goto found
)
>&2 echo nn: needs a JDK 25 and found none: install one, or set NN_JAVA_HOME to its folder
exit /b 1

:found
set "needs=builds itself on first use"
if not exist "%home%\.nn\built" goto build
if defined NN_NO_BUILD goto start
call :stale || goto start
set "needs=builds itself again, as its sources have changed"

:build
where mvn >nul 2>nul
if errorlevel 1 (
    >&2 echo nn: %needs% with Maven, but there is no 'mvn' on the PATH: install Maven 3.8 or later
    exit /b 1
)
>&2 echo nn: %needs% ...
if not exist "%home%\.nn" mkdir "%home%\.nn"
rem Its time is when the build began: what is edited meanwhile counts as changed.
type nul >"%home%\.nn\built.new"
if exist "%home%\cli\target\lib" rmdir /s /q "%home%\cli\target\lib"
set "JAVA25_HOME=%jdk%"
if not defined JAVA_HOME set "JAVA_HOME=%jdk%"
pushd "%home%"
call mvn -B -q -Dmaven.test.skip=true -Dnn.analysis=-Xdiags:compact -pl cli -am package >.nn\build.log 2>&1
if errorlevel 1 (
    popd
    >&2 echo nn: the build failed, and this is why; .nn\build.log has all of it
    >&2 findstr /b /c:"[ERROR]" "%home%\.nn\build.log"
    exit /b 1
)
set "jars=%home%\cli\target\*;%home%\cli\target\lib\*"
"%jdk%\bin\java" -XX:+UseSerialGC -Xlog:disable -XX:AOTCacheOutput=.nn\check.aot -cp "%jars%" org.nnlang.cli.Main check samples\digits\digits.nn >.nn\check.log 2>&1
"%jdk%\bin\java" -XX:+UseSerialGC -Xlog:disable -XX:AOTCacheOutput=.nn\train.aot --add-modules jdk.incubator.vector -cp "%jars%" org.nnlang.cli.Main train samples\digits\digits.nn --epochs 2 --output .nn\warm >.nn\train.log 2>&1
(echo val x = normal([4, 3])& echo val m = Dense(2, relu)& echo m(x)& echo :type x) | "%jdk%\bin\java" -XX:+UseSerialGC -Xlog:disable -XX:AOTCacheOutput=.nn\repl.aot --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp "%jars%" org.nnlang.cli.Main repl --interactive >.nn\repl.log 2>&1
if exist .nn\warm rmdir /s /q .nn\warm
move /y .nn\built.new .nn\built >nul
popd

:start
set "flags=-XX:TieredStopAtLevel=1 -XX:AOTCache="%home%\.nn\check.aot""
for %%c in (train run test generate devices doctor) do if "%~1"=="%%c" set "flags=--add-modules jdk.incubator.vector -XX:AOTCache="%home%\.nn\train.aot""
if "%~1"=="repl" set "flags=--add-modules jdk.incubator.vector -XX:AOTCache="%home%\.nn\repl.aot""
"%jdk%\bin\java" -XX:+UseSerialGC %flags% -Xlog:disable --enable-native-access=ALL-UNNAMED %NN_OPTS% -cp "%home%\cli\target\*;%home%\cli\target\lib\*" org.nnlang.cli.Main %*
exit /b %errorlevel%

rem Whether anything that goes into the jars has changed since the build began. A file that went shows as its folder's change.
:stale
powershell -NoProfile -Command "$h = $env:home; $b = (Get-Item -LiteralPath $h\.nn\built).LastWriteTimeUtc; $s = @(Get-Item $h\pom.xml, $h\*\pom.xml) + @(Get-ChildItem -Recurse $h\build, $h\docs\errors, $h\*\src\main); if ($s | Where-Object { $_.LastWriteTimeUtc -gt $b -and $_.FullName.Substring($h.Length) -notmatch '^\\(benchmarks|samples)\\' }) { exit 0 } else { exit 1 }"
exit /b %errorlevel%

rem Whether a folder holds a JDK 25 with its compiler, by the JDK's own release file.
:is25
if "%~1"=="" exit /b 1
if not exist "%~1\bin\javac.exe" exit /b 1
findstr /b /r /c:"JAVA_VERSION=.25[.+\"-]" "%~1\release" >nul 2>nul
exit /b %errorlevel%
