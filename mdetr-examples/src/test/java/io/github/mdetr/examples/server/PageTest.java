package io.github.mdetr.examples.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The page in a headless Chromium, where one is installed: /usr/bin/chromium with its driver, or -Dmdetr.chromium. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class PageTest {
    private static final Path CHROMIUM = Path.of(System.getProperty("mdetr.chromium", "/usr/bin/chromium"));
    private static final Path DRIVER = Path.of(System.getProperty("mdetr.chromedriver", "/usr/bin/chromedriver"));

    @TempDir
    static Path folder;

    private DetectServer server;
    private ChromeDriver browser;
    private WebDriverWait soon;

    @BeforeAll
    void open() throws IOException {
        assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "no " + CHROMIUM + " with " + DRIVER + ": the page is not tested");
        server = DetectServer.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ServerLimits.defaults(), new Answers());
        ChromeOptions options = new ChromeOptions().setBinary(CHROMIUM.toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--force-color-profile=srgb",
                "--window-size=900,900",
                "--user-data-dir=" + folder.resolve("profile"));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .build();
        browser = new ChromeDriver(service, options);
        soon = new WebDriverWait(browser, Duration.ofSeconds(20));
    }

    @AfterAll
    void close() {
        if (browser != null) {
            browser.quit();
        }
        if (server != null) {
            server.close();
        }
    }

    private WebElement element(String selector) {
        return browser.findElement(By.cssSelector(selector));
    }

    private List<WebElement> elements(String selector) {
        return browser.findElements(By.cssSelector(selector));
    }

    private void ask(String caption) throws IOException {
        browser.get("http://localhost:" + server.address().getPort() + "/");
        Path picture = Files.write(folder.resolve("squares.png"), Picture.png(400, 240));
        element("#file").sendKeys(picture.toString());
        element("#caption").sendKeys(caption, Keys.ENTER);
        soon.until(b -> element("#status").getText().contains("box"));
    }

    @Test
    void aWordLightsItsBoxAndABoxItsWord() throws IOException {
        ask("a red square beside a blue square");
        assertEquals("2 boxes", element("#status").getText());
        assertEquals("a red square beside a blue square", element("#words").getText());
        assertEquals(
                List.of("red square", "blue square"),
                elements(".word").stream().map(WebElement::getText).toList());
        assertEquals(2, elements(".box").size());
        new Actions(browser).moveToElement(elements(".word").get(0)).perform();
        assertEquals(
                List.of("red square 0.90"),
                elements(".box.lit").stream()
                        .map(b -> b.getAttribute("aria-label"))
                        .toList());
        assertEquals(1, elements(".word.lit").size());
        assertEquals(1, elements(".word.dim").size());
        String shot = System.getProperty("mdetr.screenshot"); // for the documents
        if (shot != null) {
            Files.write(Path.of(shot), browser.getScreenshotAs(OutputType.BYTES));
        }
        WebElement blue = elements(".box").stream()
                .filter(b -> String.valueOf(b.getAttribute("aria-label")).startsWith("blue"))
                .findFirst()
                .orElseThrow();
        new Actions(browser).moveToElement(blue).perform();
        assertEquals(
                List.of("blue square"),
                elements(".word.lit").stream().map(WebElement::getText).toList());
        new Actions(browser).moveToElement(element("h1")).perform();
        assertEquals(0, elements(".lit, .dim").size());
        elements(".word").get(1).sendKeys(Keys.TAB); // focus does what the pointer does
        assertTrue(elements(".lit").size() >= 2);
    }

    @Test
    void boxesLieOnThePicture() throws IOException {
        ask("a red square");
        var rect = element(".box rect").getRect();
        var picture = element("#picture").getRect();
        double zoom = picture.width / 400.0;
        assertEquals(picture.x + 40 * zoom, rect.x, 3);
        assertEquals(picture.y + 60 * zoom, rect.y, 3);
        assertEquals(100 * zoom, rect.width, 6);
    }

    @Test
    void whatWentWrongIsSaid() throws IOException {
        ask("a zebra");
        assertTrue(element("#status").getText().startsWith("0 boxes. caption may not describe this image"));
        browser.get("http://localhost:" + server.address().getPort() + "/");
        element("#find").click();
        soon.until(b -> element("#status").getText().equals("Give a picture first."));
        Path text = Files.writeString(folder.resolve("text.png"), "no picture");
        element("#file").sendKeys(text.toString());
        element("#caption").sendKeys("<b>x</b>", Keys.ENTER);
        soon.until(b -> element("#status").getText().contains("is a text file, not a picture"));
        assertTrue(browser.manage().logs().get(LogType.BROWSER).getAll().stream()
                .noneMatch(e -> e.getMessage().contains("Content Security Policy")));
    }
}
