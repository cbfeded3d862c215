"""Room passphrases: how they are made, normalised, turned into the PAKE's secret, and how often they may be tried.

They are made of 1,024 short, common English words, easy to hear and to spell. No two differ by a single letter and none
is a prefix of another, so a slip of the tongue or the finger makes no other word. Key words (`trust.identity`) are made
of the same list and compared between versions: it MUST NOT change.

Pure; any thread, but each PassphraseLimiter on one. Time is a number given by the caller.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections import deque
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from lanchat.core import limits
from lanchat.core.address import neighbourhood
from lanchat.core.model import RoomId, digest
from lanchat.core.translate import _

_TEXT = """
acorn action actor adapt adobe aerial agent agile alarm album alder algae alley almond alpine amber ample amuse anchor
angle animal antler april apron arcade arch arctic arena armada aroma arrive arrow artist aspect aspen atlas atom atrium
attic audio august aurora author autumn avenue awake award axle azure bacon badge bagel baker ballad bamboo banana banjo
banner barber barley barn barrel basalt basil basket bath bazaar bean beaver beetle belfry bell bench beside binder
bingo birch bird bison blazer blimp blouse blue boat bobbin bobcat boiler bold bonnet book bottle bounce bowl brass
brave breeze brick bright bronze broom brown brush bubble bucket buckle budget bugle bulb bumper bundle bunny burger
bushel butler button buzzer cabin cable cactus cadet cafe calf camel camera camp canal canary candid candle candy canoe
canopy canvas canyon carbon cargo carpet carrot cashew castle casual cavern cedar celery cello cement chair chalk charm
cheese chef cherry chess chisel chorus cider cinema circle circus citrus city clay clever cliff clinic cloak closet
cloud clown club coach coal coast cobalt cocoa cocoon coffee collar column comedy comet comic common cookie copper
corner cosmos cotton cougar county coupon cousin cover cowboy coyote cozy cradle crane crater crayon cream credit creek
cruise crumb cube cuckoo curry curve cycle dabble dahlia dairy dancer dapper daring dawn dazzle debate decade deck decoy
defend degree delta denim deputy design detail detect dial digit dimple diner direct dish divide dizzy doctor domino
donkey donor doodle dove dozen dragon drama drawer dress drift drum duet dune dusk dynamo eager eagle early earth easel
east edge editor effect effort eleven elite embark emblem empire enamel encore endure energy engine enjoy enlist eraser
errand escort essay estate event evolve exact exit exotic expand expert extra fabric fajita falcon family famous fancy
farmer father fathom faucet feline fellow fender fennel fern ferry fiber fiddle field fiesta figure filter finale finger
fire flag flame flask fleece flint flip float flock floor fluent fluffy flute foam focus folder folk fondue forest forge
formal forty fossil friday friend frog frolic frost fruit fudge furrow fusion future gadget galaxy gallon gamma garage
garden garlic garnet gate gazebo gecko genius gentle geyser giant gibbon giggle glass gleam glider glory glove glow
goalie goblet golf goose gopher grain grape gravel gravy green grill groovy group growth guard guava guide guitar gull
guppy gust habit halo hamlet hammer happy harp hawk hazel heart heater height helium helmet helper herb heron hiccup
hiker hill hinge hippo hobby hockey hollow holly home honest honey hood hooray horse hotdog hotel hubcap huddle human
humble hummus husky hyena icicle icon idea igloo iguana impala inch income index indigo infant inform inlet insect
inside invent invite iris island item ivory jacket jade jaguar jargon jazz jeans jeep jelly jester jigsaw jingle jovial
joyful judo juice july jumbo jump junior karate kayak kazoo keen keeper kelp kettle kimono kindle kiosk kite kitten kiwi
knock koala label ladder lagoon lake lamb laptop lark laser lasso laurel lava lavish lawyer leader leaf league legend
lemon lemur lens lentil lesson letter level lilac lily lime limit linen lion liquid lizard llama lobe local locker lodge
loft logic logo loom lotion lotus lounge lucky lumber lunar lunch magic magma magnet magpie mallet mango manual marble
margin marina market marmot marsh marvel mascot mason matrix meadow meal medium melody melon member memory mentor menu
merit meteor method metro mighty mile mimosa minnow mint minute mirror mixer mobile model modern modest module moment
monday moon mosaic moss moth motor motto mouse movie muffin museum music mutual nachos nail napkin nation nature neat
nebula nectar needle neon nephew nibble nickel niece ninja noble nomad north notch novel nozzle nugget nurse nutmeg
nylon oasis oboe ocean octave office olive omega onion onward onyx opal open opera optic option oracle orange orbit
orchid order organ oriole otter outfit oxygen oyster ozone paddle page pagoda paint palace palm panda panel papaya paper
parade parent party pasta pastel pastry patio patrol peach peanut pearl pebble pecan pencil penny pepper person petite
phone photo phrase piano pickle picnic piglet pillow pilot pine pirate pixel pizza planet plank plate player plaza
plenty pluck plum plush pocket podium poem poetry polar polite polka pollen polo pond poppy porch portal post potato
powder prawn prefer pretty prince prism prize proper proton proud prune pulley pulp pulsar pulse puma pupil puppet
purple puzzle quail quarry quart quasar queen quench quick quiet quill quince quiz quota rabbit radar radio radish
radius raft raisin ranch random rapid rattle raven ravine razor realm reason recipe record reef region relax relish
remedy remote renew repair rescue resort result reward rice ridge rigid ripple river road robin robot rodeo roller roof
rope roster rotate round royal rubber rubric ruby rudder ruler runner runway rural rustic safari sailor salad salon
salsa salt salute sandal satin saturn saucer sauna scarf scenic school score scout screen script scroll second sector
seesaw senior sequin sesame seven shadow shark shed sheep shelf shield shirt shoe shovel shower shrimp signal silk
silver siren sister sixty skate sketch skill slalom sleeve slice sloth smooth snow soap soccer social sock soda solid
sonata south space sphere sphinx spiral spirit splash spoon sport spring sprout spruce square squash squid stable stage
stamp star statue steam stereo stick stitch stone stool storm street stripe studio sturdy subway sudden sugar summer
summit sunday sunset superb surfer swan swift swim swing syrup system tablet tactic talent tandem tank target tassel
taxi teacup teapot teddy tempo tennis tent theory thirty thread throne tiara ticket tidal tidy tiger timber tinsel
tiptoe tissue titan tomato topaz topic toucan tower town track trail tree trivia trophy trout trunk trust tuba tulip
tundra tunic tunnel turnip turret turtle tutor tuxedo twelve twenty twig uncle unfold unique unit unlock upbeat update
upland upper urban useful utmost value vanish vault velcro velvet vendor video viking vinyl violet violin vista vital
vivid voice volley volume voyage wafer waffle wagon waiter walnut walrus waltz wander warm west wharf wheat wheel whimsy
wicker widget window windy winner wisdom wombat wool world worthy woven yard yoga young yoyo yucca zebra zenith zephyr
zero zigzag zinc zipper zodiac
"""

#: Ten bits each.
WORDS: Final = tuple(_TEXT.split())


#: Every guess needs a PAKE run with the host, which grants 30 a minute: to try all six-digit numbers takes weeks.
MIN_CHARACTERS = 6
MAX_CHARACTERS = 100

#: A longer attempt waits for the client and costs the host nothing: it must not block others.
COMPUTING_SECONDS = 1.0


class UnfitPassphrase(ValueError):
    """A passphrase that somebody chose and that cannot be used. The text says why."""


def generate() -> str:
    """Four words out of 1,024: 40 bits. At 30 guesses a minute, 35,000 years to try half of them."""
    return "-".join(secrets.choice(WORDS) for place in range(4))


def normalise(typed: str) -> str:
    """The canonical form (NFKC): case, the kind of space or hyphen, and the encoding of letters do not count."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", typed).casefold())
    kept = []
    for character in folded:
        category = unicodedata.category(character)
        if category == "Pd" or category.startswith("Z") or character in "\t\r\n_":
            kept.append(" ")
        elif category not in ("Cc", "Cf"):
            kept.append(character)
    return "-".join("".join(kept).split())


def check_own(typed: str) -> None:
    """Check a passphrase that somebody chose for a new room. Raises UnfitPassphrase."""
    length = len(normalise(typed))
    if length < MIN_CHARACTERS:
        raise UnfitPassphrase(_("A passphrase needs at least {} letters or digits.").format(MIN_CHARACTERS))
    if length > MAX_CHARACTERS:
        raise UnfitPassphrase(_("A passphrase has at most {} characters.").format(MAX_CHARACTERS))


def derive(passphrase: str, room_id: RoomId) -> bytes:
    """32 bytes for the PAKE, by scrypt: 30 ms and 16 MB on purpose, so that guessing is slow if a host's copy leaks."""
    salt = digest("passphrase", room_id.encode())
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(normalise(passphrase).encode(errors="replace"))


@dataclass(frozen=True, slots=True, eq=False)
class PassphraseAttempt:
    """One granted attempt. MUST be given back to `PassphraseLimiter.end`, whatever the result."""

    address: str
    at: float


class TooManyAttempts(Exception):
    """The attempt is not granted. `wait`: seconds until another may be."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"too many tries, wait {wait:.0f} s")
        self.wait = wait


class PassphraseLimiter:
    """The attempts at one room's passphrase: few at once, few a minute for each address and for the room.

    A right passphrase does not count, so a crowd that knows it gets in as fast as the host can compute. Only granted
    attempts are remembered, so the room's limit bounds the memory, however many addresses ask.
    """

    def __init__(self) -> None:
        self._running: set[PassphraseAttempt] = set()
        self._recent: deque[PassphraseAttempt] = deque()  # oldest first, none older than the longer window
        self._wrong = 0
        self._next_alarm = limits.PASSPHRASE_ALARM

    def start(self, now: float, address: str) -> PassphraseAttempt:
        """Grant an attempt to `address`, or raise TooManyAttempts. `now`: seconds of a monotonic clock."""
        if sum(attempt.at > now - COMPUTING_SECONDS for attempt in self._running) >= limits.PASSPHRASE_AT_ONCE:
            raise TooManyAttempts(COMPUTING_SECONDS)
        place = neighbourhood(address)
        room, room_window = limits.PASSPHRASE_PER_ROOM
        own, own_window = limits.PASSPHRASE_PER_ADDRESS
        while self._recent and self._recent[0].at <= now - max(room_window, own_window):
            self._recent.popleft()
        self._check_rate(now, [attempt.at for attempt in self._recent], room, room_window)
        self._check_rate(now, [attempt.at for attempt in self._recent if attempt.address == place], own, own_window)
        attempt = PassphraseAttempt(place, now)
        self._running.add(attempt)
        self._recent.append(attempt)
        return attempt

    def end(self, attempt: PassphraseAttempt, right: bool | None) -> bool:
        """Record the result (None: broken off). True: there were so many wrong ones that the host should be warned."""
        self._running.remove(attempt)
        if right and attempt in self._recent:
            self._recent.remove(attempt)
        if right is not False:
            return False
        self._wrong += 1
        if self._wrong < self._next_alarm:
            return False
        self._next_alarm *= 2  # warn again, but ever more seldom
        return True

    @staticmethod
    def _check_rate(now: float, times: list[float], most: int, window: float) -> None:
        """Raises TooManyAttempts when `most` of `times` lie within the `window` before `now`."""
        recent = [at for at in times if at > now - window]
        if len(recent) >= most:
            raise TooManyAttempts(recent[0] + window - now)
