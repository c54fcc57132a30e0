//! The README's moving picture of a wake: what a visitor sees, in an animated PNG.

use std::fs::File;
use std::io::{BufWriter, Cursor};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use aws_sdk_elasticloadbalancingv2::types::Tag;
use png::{BitDepth, BlendOp, ColorType, Decoder, DisposeOp, Encoder};

use crate::page::browser::{Browser, Wanted, available};
use crate::page::*;

const WIDTH: u32 = 640;
const HEIGHT: u32 = 420;
/// Between two frames, if the browser is fast enough.
const INTERVAL: Duration = Duration::from_millis(250);
/// From the request to the app's answer, with the times that the test sets.
const WAKE_SECONDS: u32 = 11;
/// How long the app is shown at the end, in frames.
const END: usize = 8;
/// The size limit for the README.
const MOST_BYTES: u64 = 500_000;

/// One screenshot, three bytes a pixel, row by row.
type Picture = Vec<u8>;

#[tokio::test]
async fn it_moves_from_the_waiting_page_to_the_app() {
    if !available("it_moves_from_the_waiting_page_to_the_app") {
        return;
    }
    let mut options = options();
    options.settings.start_seconds = Some(7.0);
    options.settings.health_check_seconds = Some(2.0);
    options.resume = Duration::from_secs(4);
    options.environment = serde_json::json!({ "theme": { "title": "staging.example.com" } });
    let stack = stack(&options).await;
    remember_a_wake(&stack).await;
    let browser = Browser::open(Wanted::default()).await.unwrap();
    browser.size(WIDTH, HEIGHT).await.unwrap();
    browser.driver.goto(stack.url()).await.unwrap();

    let mut frames: Vec<(Picture, Duration)> = Vec::new();
    let deadline = Instant::now() + LIMIT;
    let mut arrived = 0;
    while arrived < END {
        assert!(Instant::now() < deadline, "the app has not answered");
        let began = Instant::now();
        let frame = decode(&browser.driver.screenshot_as_png().await.unwrap()).unwrap();
        arrived += usize::from(text(&browser).await.contains("visit 1"));
        tokio::time::sleep_until(began + INTERVAL).await;
        frames.push((frame, began.elapsed()));
    }
    browser.close().await.unwrap();

    let path = screenshot("wake");
    write(&path, &frames).unwrap();
    let changes = frames.windows(2).filter(|pair| pair[0].0 != pair[1].0).count();
    assert!(changes >= 10, "{changes} changes in {} frames", frames.len());
    let size = path.metadata().unwrap().len();
    assert!(size <= MOST_BYTES, "{size} bytes");
}

/// Records a wake of yesterday that took as long as this one will, so that the page can show the
/// remaining time.
async fn remember_a_wake(stack: &Stack) {
    let yesterday = SystemTime::now() - Duration::from_hours(24);
    let began = yesterday.duration_since(UNIX_EPOCH).unwrap().as_secs();
    let tag = Tag::builder().key("reveille:wakes-0").value(format!("{began}+{WAKE_SECONDS}")).build();
    let route = &stack.load_balancer.route;
    stack.elb().add_tags().resource_arns(route).tags(tag).send().await.unwrap();
}

/// A screenshot of the wanted size, without its unused transparency.
fn decode(png: &[u8]) -> Result<Picture> {
    let mut reader = Decoder::new(Cursor::new(png)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().context("a picture that is too large")?];
    let info = reader.next_frame(&mut pixels)?;
    ensure!((info.width, info.height) == (WIDTH, HEIGHT), "{} by {}", info.width, info.height);
    ensure!(info.bit_depth == BitDepth::Eight, "{:?}", info.bit_depth);
    let bytes = info.color_type.samples();
    ensure!(bytes >= 3, "{:?}", info.color_type);
    Ok(pixels[..info.buffer_size()].chunks(bytes).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect())
}

/// After the first frame, only the part of each that has changed; with the time for which each was
/// shown.
fn write(path: &Path, frames: &[(Picture, Duration)]) -> Result<()> {
    let file = BufWriter::new(File::create(path)?);
    let mut encoder = Encoder::new(file, WIDTH, HEIGHT);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    encoder.set_animated(u32::try_from(frames.len())?, 0)?;
    encoder.set_blend_op(BlendOp::Source)?;
    encoder.set_dispose_op(DisposeOp::None)?;
    let mut writer = encoder.write_header()?;
    let mut shown: Option<&Picture> = None;
    for (frame, seen) in frames {
        let part = shown.map_or(Part::WHOLE, |shown| Part::changed(shown, frame));
        // A later frame's position is set first: one outside of the picture is an error.
        writer.reset_frame_position()?;
        writer.set_frame_dimension(part.width, part.height)?;
        writer.set_frame_position(part.x, part.y)?;
        writer.set_frame_delay(u16::try_from(seen.as_millis())?, 1_000)?;
        writer.write_image_data(&part.of(frame))?;
        shown = Some(frame);
    }
    Ok(writer.finish()?)
}

/// A rectangle, in pixels.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

impl Part {
    const WHOLE: Self = Self { x: 0, y: 0, width: WIDTH, height: HEIGHT };
    /// APNG allows no empty frame.
    const LEAST: Self = Self { x: 0, y: 0, width: 1, height: 1 };

    fn changed(before: &Picture, after: &Picture) -> Self {
        let pixels = before.chunks(3).zip(after.chunks(3)).zip(0_u32..);
        let places =
            pixels.filter(|((before, after), _)| before != after).map(|(_, at)| (at % WIDTH, at / WIDTH));
        let bounds = places.fold(None, |bounds: Option<[u32; 4]>, (x, y)| {
            let [left, top, right, bottom] = bounds.unwrap_or([x, y, x, y]);
            Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
        });
        bounds.map_or(Self::LEAST, |[x, y, right, bottom]| Self {
            x,
            y,
            width: right - x + 1,
            height: bottom - y + 1,
        })
    }

    fn of(&self, picture: &Picture) -> Vec<u8> {
        let at = |x: u32, y: u32| (y * WIDTH + x) as usize * 3;
        let rows = self.y..self.y + self.height;
        rows.flat_map(|y| &picture[at(self.x, y)..at(self.x + self.width, y)]).copied().collect()
    }
}

#[test]
fn only_what_has_changed_is_written() {
    let blank = vec![0; (WIDTH * HEIGHT * 3) as usize];
    assert_eq!(Part::changed(&blank, &blank), Part::LEAST);
    let mut changed = blank.clone();
    for (x, y) in [(10_usize, 20_usize), (14, 21)] {
        changed[(y * WIDTH as usize + x) * 3] = 255;
    }
    let part = Part::changed(&blank, &changed);
    assert_eq!(part, Part { x: 10, y: 20, width: 5, height: 2 });
    assert_eq!(part.of(&changed).len(), 5 * 2 * 3);
}
