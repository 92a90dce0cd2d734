"""The library of a running stage, with a real loader and OpenGL: what is wanted comes to the GPU, a little each frame."""

import time
from pathlib import Path

import pytest
from PIL import Image
from running_loader import LoaderProcess, a_png, wanted
from running_stage import PATIENCE_S, is_alive, wait_for

from render.assets.decode import open_picture
from render.assets.levels import levels_bytes
from render.assets.pieces import PictureKey, pieces_of
from render.assets.upload import PictureTextures
from render.gpu.context import create_headless_context
from stage.assets.arrival import Arrivals
from stage.assets.kept_pictures import KeptPictures
from stage.assets.library import Library
from stage.assets.pipes import AssetPipes
from stage.assets.upload_pace import PRESSING_SPARE_NS, SPARE_NS, UploadPace
from stage.show.frame.inputs import AssetFailed, AssetGone, AssetReady
from tests.memory_limit import memory_left

pytestmark = pytest.mark.gl


@pytest.fixture(scope="module")
def loader(tmp_path_factory):
    running = LoaderProcess(tmp_path_factory.mktemp("run"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def context():
    made = create_headless_context()
    yield made
    made.release()


class OpenLibrary:
    """A library on the loader's sockets. `frames_until` counts the frames until something is reported."""

    def __init__(self, context, loader, budget_mib=64, piece_bytes=1 << 20):
        self.pipes = AssetPipes(*loader.endpoints)
        self.textures = PictureTextures(context, budget_mib)
        assert self.textures.make_beside()
        self.notes = []
        self.library = Library(
            self.pipes, self.textures, loader.folder, note=self.notes.append, piece_bytes=piece_bytes
        )
        self.news = []

    def until(self, kind, **fields):
        """Serves frames until something of that kind is reported."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for one in self.library.reports():
                self.news.append(one)
                if isinstance(one, kind) and all(getattr(one, name) == value for name, value in fields.items()):
                    return one
            time.sleep(0.002)
        raise AssertionError(f"nothing of {kind} came: {self.news}")

    def close(self):
        self.library.close()
        self.textures.close()
        self.pipes.release()


@pytest.fixture
def opened(context, loader):
    """Opens libraries, and closes them in the end."""
    made = []

    def open_one(**keys):
        made.append(OpenLibrary(context, loader, **keys))
        return made[-1]

    with context:
        yield open_one
        for one in made:
            one.close()


def test_what_is_wanted_is_on_the_gpu_and_stays_as_it_was_read_whatever_becomes_of_the_file(opened, tmp_path):
    stage, file = opened(), a_png(tmp_path / "p.png", rows=256)
    stage.library.want([wanted(file)])
    ready = stage.until(AssetReady)
    texture = stage.textures.use(ready.sha256)
    assert (texture.size, ready.gpu_bytes > 256 * 512 * 8) == ((512, 256), True)
    a_png(tmp_path / "other.png", seed=2).replace(file)
    stage.library.want([])
    stage.library.want([wanted(file)])
    file.unlink()
    for _ in range(20):
        assert not list(stage.library.reports())
    assert stage.textures.use(ready.sha256) is texture


def test_no_frame_without_time_uploads_more_than_a_piece(opened, tmp_path):
    budget = 1 << 18
    stage, picture = opened(piece_bytes=budget), wanted(a_png(tmp_path / "p.png", rows=512))
    stage.library.want([picture])
    frames, deadline = 0, time.monotonic() + PATIENCE_S
    while not stage.library.is_settled(picture):
        assert time.monotonic() < deadline
        list(stage.library.reports())
        frames += stage.library.is_arriving
        time.sleep(0.002)
    assert frames >= levels_bytes(512, 1024, 3) // budget


def test_a_piece_waits_for_a_frame_that_leaves_twice_its_time_and_some_more_but_not_for_ever():
    pace = UploadPace()
    for _ in range(200):
        pace.note_uploaded(500_000)
    assert not pace.fitting(SPARE_NS + 900_000)
    assert not pace.fitting(PRESSING_SPARE_NS + 450_000, presses=True)
    assert pace.fitting(PRESSING_SPARE_NS + 550_000, presses=True)  # what would be late needs its own time alone
    assert pace.fitting(SPARE_NS + 1_100_000)
    pace.note_uploaded(700_000_000)  # something else had the processor once
    assert pace.fitting(SPARE_NS + 1_100_000)
    pace.note_uploaded(3_000_000)
    pace.note_uploaded(3_000_000)  # something else uses the memory now
    assert not pace.fitting(SPARE_NS + 5_000_000)
    assert [pace.is_starved() for _ in range(4)] == [False, False, True, True]


def test_pieces_are_uploaded_in_half_of_the_time_that_is_left_before_that_is_asked_again():
    pace = UploadPace()
    pace.note_uploaded(*[500_000] * 16)
    assert pace.fitting(SPARE_NS + 10_000_000) == 5_000_000
    assert pace.fitting(PRESSING_SPARE_NS + 600_000, presses=True) == 300_000
    assert pace.fitting(-1_000_000) == 0


def test_pieces_that_were_held_up_keep_no_piece_waiting_for_more_than_half_a_second():
    pace = UploadPace()
    for _ in range(16):
        pace.note_uploaded(400_000_000)
    frames = next(frame for frame in range(100) if pace.fitting(SPARE_NS + 7_000_000))
    assert 1 < frames <= 30


def test_a_frame_that_leaves_time_uploads_more_and_one_that_does_not_leaves_the_picture_for_later(opened, tmp_path):
    before, picture = opened(), wanted(a_png(tmp_path / "p.png", rows=512))
    before.library.want([picture])
    before.until(AssetReady)
    before.close()  # the loader has kept it: what follows takes as long as its upload
    stage = opened(piece_bytes=1 << 16)
    stage.library.want([picture])
    frames = 0
    deadline = time.monotonic() + PATIENCE_S
    while not stage.library.is_settled(picture):
        assert time.monotonic() < deadline
        list(stage.library.reports())
        stage.library.upload_in_slack(lambda: 0)
        stage.library.upload_in_slack(lambda: 10**9)
        frames += stage.library.is_arriving
        time.sleep(0.05)
    assert frames < levels_bytes(512, 1024, 3) / (1 << 16) / 2


def test_what_is_shown_is_never_pushed_out_and_what_does_not_fit_is_refused_with_the_figures(opened, tmp_path):
    stage = opened(budget_mib=3)
    pictures = [wanted(a_png(tmp_path / f"{seed}.png", seed=seed, rows=256)) for seed in range(3)]  # two of them fit
    stage.library.want(pictures, urgent=1)
    first = stage.until(AssetReady, file="0.png")
    stage.until(AssetReady, file="1.png")
    stage.library.use(frozenset({PictureKey(first.sha256)}))
    stage.library.use(frozenset({PictureKey(first.sha256)}))
    stage.library.want([pictures[0], pictures[2], pictures[1]], urgent=2)
    stage.until(AssetReady, file="2.png")
    assert [one.file for one in stage.news if isinstance(one, AssetGone)] == ["1.png"]
    assert not [one for one in stage.news if isinstance(one, AssetFailed)]
    large = wanted(a_png(tmp_path / "large.png", rows=512))
    stage.library.want([*pictures, large], urgent=1)
    cause = stage.until(AssetFailed, file="large.png").cause
    assert (cause.code, cause.values["budget"], cause.values["needed"]) == ("asset_no_gpu_room", 3.0, 5.3)


def test_what_the_driver_has_no_memory_for_is_refused_and_shown_once_there_is_and_somebody_asks(opened, tmp_path):
    stage, file = opened(budget_mib=512, piece_bytes=32 << 20), tmp_path / "large.png"
    Image.new("RGB", (8192, 4096)).save(file, compress_level=1)  # more than other tests can have left of the heap
    with memory_left(mib=40):
        stage.library.want([wanted(file)])
        cause = stage.until(AssetFailed).cause
    assert (cause.code, cause.values["needed"], cause.values["found"]) == (
        "asset_no_gpu_memory",
        341.3,
        "system_gl_out_of_memory",
    )
    assert stage.textures.in_use_mib == 0.0
    stage.library.try_again([wanted(file)])
    stage.until(AssetReady, file="large.png")


def test_a_copy_that_is_lost_is_loaded_anew_and_a_core_that_follows_takes_what_is_kept(opened, loader, tmp_path):
    stage, picture = opened(), wanted(a_png(tmp_path / "p.png"))
    stage.library.want([picture])
    ready = stage.until(AssetReady)
    stage.close()
    Path(picture.path).unlink()
    next_stage = opened()
    next_stage.library.want([picture])
    assert next_stage.library.load_kept(picture)
    assert next_stage.until(AssetReady).sha256 == ready.sha256


def test_a_loader_that_is_killed_is_asked_again_once_it_is_back(opened, loader, tmp_path):
    stage = opened()
    pictures = [wanted(a_png(tmp_path / f"{seed}.png", seed=seed, rows=512)) for seed in range(2)]
    stage.library.want(pictures)
    stage.until(AssetReady)
    decoder = loader.decoder()
    loader.process.kill()
    loader.process.wait()
    wait_for(lambda: not is_alive(decoder))
    loader.restart()
    if not stage.library.is_settled(pictures[1]):
        stage.until(AssetReady)
    third = wanted(a_png(tmp_path / "3.png", seed=3))
    stage.library.want([*pictures, third])
    stage.until(AssetReady, file="3.png")


def test_a_picture_goes_up_before_it_is_kept_and_is_there_once_it_is_with_the_facts_and_notes_of_the_whole(
    context, tmp_path
):
    file, uploaded = a_png(tmp_path / "p.png", rows=64), []
    textures = PictureTextures(context, 64)
    arrivals = Arrivals(textures, 1 << 16)

    def written(about, rows):
        if arrivals.present is None:
            arrivals.begin(wanted(file), about, (), rows=rows)
            write = arrivals.present.upload.write
            arrivals.present.upload.write = lambda piece, halves: (uploaded.append(piece), write(piece, halves))
        arrivals.note_written(wanted(file), about, rows)

    prepared = KeptPictures(tmp_path).keep(wanted(file), open_picture(file), written)
    pieces = list(pieces_of(arrivals.present.about.shape, 1 << 16))
    wait_for(lambda: arrivals.step(0.1) is None and uploaded == pieces)
    assert arrivals.step(0.1) is None
    assert arrivals.present.about.facts is None
    whole = prepared.commit()
    assert whole.facts is not None
    arrivals.note_kept(wanted(file), whole)
    assert wait_for(lambda: arrivals.step(0.1)).about == whole
    arrivals.close()
    textures.close()
