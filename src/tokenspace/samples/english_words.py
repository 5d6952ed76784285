"""What the English sample is about: common facts and words, one frame a line."""

from __future__ import annotations

from .grammar import table

COUNTRIES = table(
    "country capital adj language river city dish man woman region",
    """
France|Paris|French|French|Seine|Lyon|crepes|Marcel|Claire|Europe
England|London|English|English|Thames|Bristol|scones|Arthur|Emma|Europe
Germany|Berlin|German|German|Rhine|Hamburg|pretzels|Heinrich|Greta|Europe
China|Beijing|Chinese|Chinese|Yangtze|Shanghai|dumplings|Wei|Mei|Asia
Italy|Rome|Italian|Italian|Tiber|Milan|risotto|Marco|Lucia|Europe
Spain|Madrid|Spanish|Spanish|Ebro|Seville|paella|Carlos|Carmen|Europe
Japan|Tokyo|Japanese|Japanese|Shinano|Osaka|sushi|Kenji|Haruka|Asia
Russia|Moscow|Russian|Russian|Volga|Kazan|blini|Ivan|Olga|Europe
Egypt|Cairo|Egyptian|Arabic|Nile|Luxor|falafel|Omar|Layla|Africa
Greece|Athens|Greek|Greek|Pineios|Patras|moussaka|Nikos|Eleni|Europe
Portugal|Lisbon|Portuguese|Portuguese|Tagus|Porto|sardines|Tiago|Ines|Europe
Sweden|Stockholm|Swedish|Swedish|Torne|Gothenburg|meatballs|Lars|Astrid|Europe
Poland|Warsaw|Polish|Polish|Vistula|Krakow|pierogi|Piotr|Agnieszka|Europe
Korea|Seoul|Korean|Korean|Nakdong|Busan|kimchi|Minjun|Jiwoo|Asia
Turkey|Ankara|Turkish|Turkish|Sakarya|Izmir|baklava|Mehmet|Elif|Asia
Norway|Oslo|Norwegian|Norwegian|Glomma|Bergen|lefse|Olav|Ingrid|Europe
Hungary|Budapest|Hungarian|Hungarian|Tisza|Szeged|goulash|Istvan|Zsofia|Europe
Ireland|Dublin|Irish|Irish|Shannon|Cork|colcannon|Liam|Siobhan|Europe
Canada|Ottawa|Canadian|English|Yukon|Toronto|poutine|Logan|Chloe|America
Kenya|Nairobi|Kenyan|Swahili|Tana|Mombasa|ugali|Jomo|Wanjiku|Africa
Finland|Helsinki|Finnish|Finnish|Kemijoki|Tampere|pulla|Mikko|Aino|Europe
Vietnam|Hanoi|Vietnamese|Vietnamese|Perfume|Danang|pho|Minh|Linh|Asia
Denmark|Copenhagen|Danish|Danish|Gudena|Aarhus|frikadeller|Soren|Freja|Europe
Peru|Lima|Peruvian|Spanish|Ucayali|Cusco|ceviche|Diego|Rosa|America
Thailand|Bangkok|Thai|Thai|Ping|Phuket|satay|Somchai|Malee|Asia
Ukraine|Kyiv|Ukrainian|Ukrainian|Dnipro|Lviv|borscht|Taras|Oksana|Europe
Morocco|Rabat|Moroccan|Arabic|Sebou|Fez|couscous|Youssef|Amina|Africa
Chile|Santiago|Chilean|Spanish|Maipo|Valparaiso|empanadas|Pablo|Gabriela|America
Australia|Canberra|Australian|English|Murray|Sydney|lamingtons|Bruce|Matilda|Oceania
Iran|Tehran|Iranian|Persian|Karun|Isfahan|kebabs|Reza|Shirin|Asia
""",
)

# he, she, and what both have to do with.
PAIRS = table(
    "he_is she_is place thing doing",
    """
king|queen|palace/throne|crown/realm|ruled the kingdom/spoke to the court/wore the crown
man|woman|street/office|coat/newspaper|waited for the bus/read the newspaper/crossed the street
boy|girl|playground/classroom|ball/schoolbag|played in the yard/climbed the fence/did homework
father|mother|kitchen/nursery|cradle/children|cooked for the children/rocked the cradle/packed the lunches
husband|wife|chapel/cottage|wedding/ring|danced at the wedding/kept the ring/built a home
son|daughter|garden/dining room|inheritance/birthday|obeyed the parents/left home/blew out the candles
brother|sister|garden/attic|toys/secret|shared the toys/kept the secret/quarrelled and laughed
prince|princess|castle/ballroom|carriage/treasure|rode from the castle/danced in the ballroom/waited in the tower
uncle|aunt|parlour/farmhouse|presents/postcards|brought presents/sent postcards/told family news
grandfather|grandmother|cottage/garden|slippers/spectacles|told old stories/dozed by the fire/remembered the war
actor|actress|theatre/film studio|script/costume|learned the script/bowed to the audience/won a prize for the film
duke|duchess|estate/hunting lodge|title/lands|inherited the lands/received the guests/owned the estate
emperor|empress|golden hall/empire|armies/provinces|commanded the armies/toured the provinces/signed the peace
nephew|niece|summer house/zoo|kite/pocket money|visited for the summer/flew the kite/spent the pocket money
waiter|waitress|restaurant/dining room|menu/tray|carried the tray/brought the menu/cleared the tables
gentleman|lady|carriage/garden party|gloves/umbrella|opened the umbrella/bowed politely/took tea in the garden
wizard|witch|enchanted forest/crooked house|broomstick/spell|cast the spell/stirred the cauldron/flew at midnight
host|hostess|drawing room/dinner party|invitations/guests|welcomed the guests/poured the wine/wrote the invitations
""",
)

MEN = ["Peter", "Daniel", "Thomas", "Henry", "Oliver", "Samuel", "Victor", "Felix"]
WOMEN = ["Anna", "Sarah", "Julia", "Alice", "Helen", "Nora", "Grace", "Clara"]

# base, third person, past, participle in -ing, what it is done to or with, where.
VERBS = table(
    "base third past ing object where",
    """
walk|walks|walked|walking|along the path/the dog/a mile|in the park/by the river
cook|cooks|cooked|cooking|dinner/a pot of soup/rice and beans|in the kitchen/over the fire
play|plays|played|playing|cards/chess/a game of marbles|with friends/on the lawn
write|writes|wrote|writing|a letter/a poem/the last chapter|at the desk/in a notebook
read|reads|read|reading|a novel/the newspaper/an old atlas|in the library/before bed
paint|paints|painted|painting|a portrait/the fence/a landscape|in the studio/with a thin brush
run|runs|ran|running|a race/five miles/round the track|at the stadium/before breakfast
sing|sings|sang|singing|a ballad/a lullaby/in the choir|at church/in the shower
swim|swims|swam|swimming|ten lengths/across the lake/with the tide|in the pool/at the beach
drive|drives|drove|driving|the truck/a taxi/to the airport|on the motorway/through the traffic
build|builds|built|building|a shed/a stone wall/a bridge|on the hill/with bricks
teach|teaches|taught|teaching|algebra/history/a class of beginners|at the school/in the evening course
bake|bakes|baked|baking|bread/an apple pie/a tray of biscuits|in the oven/at the bakery
fly|flies|flew|flying|a glider/over the mountains/a small plane|above the clouds/from the airfield
climb|climbs|climbed|climbing|the ladder/the cliff/to the summit|with a rope/on the rocks
sell|sells|sold|selling|vegetables/second-hand books/shoes|at the market/in a small shop
buy|buys|bought|buying|groceries/a ticket/a new bicycle|at the store/for a fair price
draw|draws|drew|drawing|a map/a circle/cartoons|with a pencil/on squared paper
speak|speaks|spoke|speaking|three languages/to the crowd/on the telephone|in a low voice/at the meeting
drink|drinks|drank|drinking|green tea/cold water/a cup of coffee|at the counter/from a tin mug
eat|eats|ate|eating|porridge/an orange/bread and cheese|at noon/with a wooden spoon
sleep|sleeps|slept|sleeping|ten hours/on the sofa/soundly|in a tent/under a warm blanket
dance|dances|danced|dancing|a waltz/the tango/until midnight|at the festival/to the old band
wash|washes|washed|washing|the dishes/the windows/the car|with soap/in the sink
grow|grows|grew|growing|tomatoes/roses/herbs|in the garden/in the greenhouse
carry|carries|carried|carrying|a heavy sack/the luggage/firewood|up the stairs/on one shoulder
throw|throws|threw|throwing|a stone/the ball/a net|into the water/over the hedge
catch|catches|caught|catching|a trout/the early train/a cold|at the station/in the stream
""",
)

# positive, comparative, superlative, opposite, what is so.
ADJECTIVES = table(
    "plain more most opposite noun",
    """
big|bigger|biggest|small|house/elephant/stone
small|smaller|smallest|big|room/mouse/button
tall|taller|tallest|short|tower/tree/chimney
short|shorter|shortest|long|sentence/rope/visit
fast|faster|fastest|slow|train/horse/runner
slow|slower|slowest|fast|tortoise/clock/boat
hot|hotter|hottest|cold|oven/desert/soup
cold|colder|coldest|hot|winter/cellar/wind
old|older|oldest|young|church/oak/manuscript
young|younger|youngest|old|lamb/pianist/colt
strong|stronger|strongest|weak|ox/rope/current
weak|weaker|weakest|strong|signal/tea/branch
bright|brighter|brightest|dark|star/lamp/window
dark|darker|darkest|bright|tunnel/forest/cloud
heavy|heavier|heaviest|light|anvil/trunk/sack
light|lighter|lightest|heavy|feather/basket/jacket
loud|louder|loudest|quiet|trumpet/market/thunder
quiet|quieter|quietest|loud|library/chapel/village
rich|richer|richest|poor|merchant/soil/banker
poor|poorer|poorest|rich|beggar/harvest/farmer
deep|deeper|deepest|shallow|well/lake/snow
wide|wider|widest|narrow|river/avenue/field
narrow|narrower|narrowest|wide|lane/bridge/staircase
soft|softer|softest|hard|pillow/wool/voice
hard|harder|hardest|soft|bench/granite/exam
sweet|sweeter|sweetest|bitter|honey/cherry/melon
clean|cleaner|cleanest|dirty|shirt/hospital/glass
dirty|dirtier|dirtiest|clean|puddle/boot/chimney
cheap|cheaper|cheapest|expensive|ticket/hostel/umbrella
thick|thicker|thickest|thin|book/fog/carpet
thin|thinner|thinnest|thick|ice/wire/cat
kind|kinder|kindest|cruel|nurse/neighbour/stranger
""",
)

ANIMALS = table(
    "animal animals young sound food home",
    """
dog|dogs|puppy|barks|bones|kennel
cat|cats|kitten|purrs|fish|sofa
horse|horses|foal|neighs|oats|stable
cow|cows|calf|moos|grass|barn
sheep|sheep|lamb|bleats|clover|fold
pig|pigs|piglet|grunts|acorns|sty
hen|hens|chick|clucks|grain|coop
duck|ducks|duckling|quacks|pondweed|pond
lion|lions|cub|roars|meat|savanna
wolf|wolves|pup|howls|deer|den
bear|bears|cub|growls|honey|cave
frog|frogs|tadpole|croaks|flies|marsh
goat|goats|kid|bleats|thistles|hillside
goose|geese|gosling|honks|barley|meadow
owl|owls|owlet|hoots|mice|hollow tree
deer|deer|fawn|bellows|bark|woodland
swan|swans|cygnet|whistles|reeds|lake
donkey|donkeys|foal|brays|hay|paddock
elephant|elephants|calf|trumpets|leaves|river bank
""",
)

JOBS = table(
    "job place tool work",
    """
teacher|school|chalk|explains the lesson/marks the exams
doctor|hospital|stethoscope|examines the patients/writes prescriptions
nurse|clinic|bandages|dresses the wounds/takes temperatures
farmer|farm|plough|harvests the wheat/milks the cows
baker|bakery|oven|kneads the dough/sells fresh loaves
carpenter|workshop|saw|planes the boards/mends the chairs
painter|studio|brush|mixes the colours/sketches the model
judge|court|gavel|hears the witnesses/passes the sentence
lawyer|chambers|documents|defends the accused/drafts the contract
sailor|ship|compass|hoists the sails/scrubs the deck
soldier|barracks|rifle|guards the gate/marches at dawn
chef|restaurant|knife|seasons the sauce/plates the dessert
gardener|greenhouse|rake|prunes the roses/waters the seedlings
librarian|library|catalogue|shelves the books/finds rare editions
scientist|laboratory|microscope|tests the hypothesis/records the results
astronomer|observatory|telescope|maps the stars/measures the orbits
tailor|shop|needle|hems the trousers/cuts the cloth
blacksmith|forge|hammer|shoes the horses/bends the iron
fisherman|harbour|net|mends the nets/lands the catch
pilot|airport|cockpit|checks the instruments/lands the plane
banker|bank|ledger|counts the money/approves the loan
musician|concert hall|violin|tunes the strings/practises the scales
miner|mine|pickaxe|digs the coal/props the tunnel
postman|post office|satchel|sorts the letters/delivers the parcels
engineer|factory|blueprint|designs the engine/tests the bridge
""",
)

INSTRUMENTS = table(
    "instrument player family part",
    """
piano|pianist|keyboard|keys
violin|violinist|string|bow
guitar|guitarist|string|frets
flute|flautist|wind|mouthpiece
cello|cellist|string|strings
trumpet|trumpeter|brass|valves
drum|drummer|percussion|sticks
harp|harpist|string|pedals
organ|organist|keyboard|pipes
clarinet|clarinettist|wind|reed
""",
)

FRUITS = table(
    "fruit colour taste tree dessert",
    """
apple|red/green|crisp|orchard|pie
lemon|yellow|sour|grove|sorbet
orange|orange|juicy|grove|marmalade
cherry|red|sweet|orchard|tart
plum|purple|sweet|orchard|dumplings
grape|purple/green|juicy|vineyard|jelly
banana|yellow|soft|plantation|bread
pear|green|crisp|orchard|compote
strawberry|red|sweet|patch|shortcake
peach|orange|soft|orchard|cobbler
blueberry|blue|sour|patch|muffins
coconut|brown|sweet|plantation|macaroons
""",
)

SEASONS = table(
    "season month weather clothes task event",
    """
spring|March/April/May|rain/showers/a mild breeze|raincoat/rubber boots|sow the seeds/clean the windows|Easter/the flower show
summer|June/July/August|sunshine/heat/thunder|sandals/straw hat|cut the hay/swim in the lake|the holidays/the village fair
autumn|September/October/November|fog/wind/drizzle|scarf/jumper|rake the leaves/pick the apples|the harvest/Halloween
winter|December/January/February|snow/frost/ice|gloves/woollen coat|shovel the snow/chop the firewood|Christmas/the carnival
""",
)

VEHICLES = table(
    "vehicle driver way stop",
    """
train|conductor|railway|station
bus|driver|road|bus stop
ship|captain|sea|harbour
plane|pilot|sky|airport
tram|driver|street|depot
ferry|captain|strait|pier
bicycle|cyclist|lane|shed
taxi|driver|avenue|rank
""",
)
